"""The shared cache, without which every page still works."""

import logging
from collections.abc import Callable
from typing import Any

import redis
from django.core.cache.backends.redis import RedisCache

logger = logging.getLogger(__name__)


class PatientRedisCache(RedisCache):
    """A cache that finds nothing and keeps nothing while Redis is away, instead of failing the page."""

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        """Return what is kept, or the default."""
        return self._patiently(lambda: super(PatientRedisCache, self).get(key, default, version), otherwise=default)

    def set(self, key: str, value: Any, *args: Any, **kwargs: Any) -> None:
        """Keep the value, if there is somewhere to."""
        self._patiently(lambda: super(PatientRedisCache, self).set(key, value, *args, **kwargs), otherwise=None)

    def add(self, key: str, value: Any, *args: Any, **kwargs: Any) -> bool:
        """Keep the value unless there is one; say that it was kept when nobody can tell."""
        return bool(
            self._patiently(lambda: super(PatientRedisCache, self).add(key, value, *args, **kwargs), otherwise=True)
        )

    def delete(self, key: str, version: int | None = None) -> bool:
        """Forget the value, if anything is kept."""
        return bool(self._patiently(lambda: super(PatientRedisCache, self).delete(key, version), otherwise=False))

    def _patiently(self, ask: Callable[[], Any], *, otherwise: Any) -> Any:
        try:
            return ask()
        except redis.RedisError as error:
            logger.warning("The cache is away: %s", error)
            return otherwise
