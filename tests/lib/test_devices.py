import pytest
from django.utils.translation import override

from ksp.lib.templatetags.devices import device

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1"


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (CHROME, "Chrome på Windows"),
        (CHROME + " Edg/130.0", "Edge på Windows"),
        (SAFARI, "Safari på iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0", "Firefox på Linux"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/130.0 Mobile Safari/537.36", "Chrome på Android"),
        ("curl/8.5 Linux", "Linux"),
        ("", "Ukjent enhet"),
    ],
)
def test_device_is_said_in_words(user_agent, words):
    with override("nb"):
        assert device(user_agent) == words
