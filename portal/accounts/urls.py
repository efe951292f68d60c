from __future__ import annotations

from django.urls import path

from portal.accounts.views import factor, resident, security, sessions, staff

urlpatterns = [
    # residents
    path("login/", resident.sign_in, name="account_login"),
    path("login/code/", resident.code, name="account_code"),
    path("login/code/again/", resident.send_again, name="account_send_again"),
    # staff
    path("staff/", staff.sign_in, name="staff_sign_in"),
    path("staff/second-factor/", factor.at_sign_in, name="mfa_authenticate"),
    path("staff/set-up/", security.at_sign_in, name="second_factor_setup"),
    path("inactive/", staff.inactive, name="account_inactive"),
    path("second-factor/", factor.again, name="second_factor"),
    path("still-here/", factor.still_here, name="still_here"),
    # keys
    path("security/", security.keys, name="security"),
    path("security/app/", security.new_app, name="new_app"),
    path("security/passkey/", security.new_passkey, name="new_passkey"),
    path("security/<int:pk>/remove/", security.remove, name="remove_factor"),
    path("security/recovery-codes/", security.recovery_codes, name="recovery_codes"),
    path("security/password/", security.password, name="password"),
    # sessions
    path("sessions/", sessions.mine, name="sessions"),
    path("sessions/others/end/", sessions.end_others, name="end_other_sessions"),
    path("sessions/<int:pk>/end/", sessions.end, name="end_session"),
    path("logout/", sessions.sign_out, name="account_logout"),
]
