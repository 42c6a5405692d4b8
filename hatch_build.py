"""Put the record of the kernel proofs into a wheel, provided that it is of exactly the sources beside it."""

import importlib.util
import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

READER = Path("litproof") / "claims" / "kernel.py"


class KernelRecordHook(BuildHookInterface):
    """Adds the file that `litproof` reads where it is installed without sources."""

    _folder: TemporaryDirectory[str] | None = None

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Leave the record out, with a warning, when a source is not what the recorded run compiled."""
        if version == "editable":
            return
        spec = importlib.util.spec_from_file_location("litproof_kernel", Path(self.root) / READER)
        if spec is None or spec.loader is None:
            raise FileNotFoundError(READER)
        reader = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = reader  # dataclasses look their module up
        spec.loader.exec_module(reader)
        record = reader.checkout_record(reader.SOURCES)
        if not record.proofs:
            self.app.display_warning(f"kernel proofs {record.note}; the wheel carries no record of them")
            return
        content = json.loads((reader.SOURCES / "record.json").read_text("utf-8"))
        content["statements"] = dict(record.statements)  # the wheel has no sources to take them from
        self._folder = TemporaryDirectory()
        packaged = Path(self._folder.name) / reader.PACKAGED.name
        packaged.write_text(json.dumps(content, indent=1), "utf-8")
        build_data["force_include"][str(packaged)] = str(READER.with_name(reader.PACKAGED.name))

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove what the build needed."""
        if self._folder is not None:
            self._folder.cleanup()
