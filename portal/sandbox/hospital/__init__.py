"""The sandbox HIS: a FHIR R4 server of its own process and its own database."""
