"""Pictures, voices and papers shown in a conversation: known by content, cleaned, kept private."""

from consult.attachments.keeping import show, sweep
from consult.attachments.knowing import Known, know

__all__ = ["Known", "know", "show", "sweep"]
