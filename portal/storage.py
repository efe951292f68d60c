"""Static files with names that change with their content, ES modules included."""

from __future__ import annotations

from django.contrib.staticfiles.storage import HashedFilesMixin
from whitenoise.storage import CompressedManifestStaticFilesStorage

IMPORTS = HashedFilesMixin._js_module_import_aggregation_patterns[1]  # type: ignore[attr-defined]


class ModuleManifestStorage(CompressedManifestStaticFilesStorage):
    """Rewrites the imports of our own modules; a library's comments only look like imports."""

    patterns = (*HashedFilesMixin.patterns, ("js/*.js", IMPORTS))
