from django.conf import settings

from portal.accounts import limits
from portal.terminology import parameters


def test_the_limits_of_the_entry_are_those_of_the_table(db):
    """The entry stands below the table and reads its settings; the two may not drift apart."""
    assert parameters.value("login.max_failures") == settings.LOGIN_MAX_FAILURES
    assert parameters.value("login.lock_minutes") == settings.LOGIN_LOCK_MINUTES
    assert parameters.value("login.idle_minutes") * 60 == settings.STAFF_IDLE_SECONDS
    assert parameters.value("login.courier_idle_minutes") * 60 == settings.COURIER_IDLE_SECONDS
    assert parameters.value("doctor.reauth_max_age_s") == settings.SECOND_FACTOR_MAX_AGE
    assert limits.WRONG.amount == settings.LOGIN_MAX_FAILURES
