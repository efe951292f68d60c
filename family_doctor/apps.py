from django.apps import AppConfig


class FamilyDoctorConfig(AppConfig):
    name = "family_doctor"
