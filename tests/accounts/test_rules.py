import pytest

from ksp.accounts.models import Role, User
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
PERMISSIONS = ["accounts.administer", "accounts.change_user", "accounts.invite_user", "accounts.read_audit"]


@pytest.mark.parametrize("permission", PERMISSIONS)
@pytest.mark.parametrize("role", Role)
def test_permission_belongs_to_administrators(permission, role):
    user = UserFactory(role=role)

    assert user.has_perm(permission) is (role == Role.ADMINISTRATOR)


@pytest.mark.parametrize("permission", PERMISSIONS)
def test_closed_account_may_nothing(permission):
    assert UserFactory(administrator=True, is_active=False).has_perm(permission) is False


@pytest.mark.parametrize("role", Role)
def test_accounts_that_may_be_changed_are_those_that_are_seen(role):
    user = UserFactory(role=role)
    UserFactory(organiser=user.organiser)
    UserFactory()

    may_change = {person for person in User.objects.all() if user.has_perm("accounts.change_user", person)}

    seen = set(User.objects.visible_to(user)) if role == Role.ADMINISTRATOR else set()
    assert may_change == seen
