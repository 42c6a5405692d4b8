"""Finished results on disk, one file each, so that an interrupted run loses nothing.

A result is reused only when claim, problem, digits, mutants, the source of litproof and the user's claim file are the
same; they all enter the file's name. (Modules that a claim file imports do not.)
"""

import json
from dataclasses import asdict, dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from litproof import __version__
from litproof.claims.pictures import Picture
from litproof.claims.types import Instance, InstanceResult, MutantResult, PartResult, Sides, Status
from litproof.errors import InputError
from litproof.files import write_atomically
from litproof.results import Evidence


@dataclass(frozen=True)
class Store:
    """Directory of finished results.

    Attributes
    ----------
    directory : created when missing.
    """

    directory: Path

    def __post_init__(self) -> None:
        try:
            self.directory.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(
                f"cannot use it as a directory: {error.strerror}", source=str(self.directory)
            ) from None

    def load(self, key: str) -> InstanceResult | None:
        """The stored result, or None when there is none (a file that does not parse counts as none)."""
        try:
            return result_from_json(self.read(key))
        except (ValueError, KeyError, TypeError):
            return None

    def save(self, key: str, result: InstanceResult) -> None:
        """Write one result; a reader sees all of it or nothing, whatever happens in between."""
        self.write(key, result_to_json(result))

    def read(self, key: str) -> Any:
        """The JSON data kept under `key`, or None when there is no whole file."""
        try:
            return json.loads(self._path(key).read_text("utf-8"))
        except (OSError, ValueError):
            return None

    def write(self, key: str, data: Any) -> None:
        """Keep JSON data under `key`, in one step."""
        write_atomically(self._path(key), json.dumps(data, indent=1))

    def _path(self, key: str) -> Path:
        return self.directory / f"{key}.json"


@cache
def fingerprint() -> str:
    """Version of litproof and a digest of its source, so that no result outlives the code and claims that made it."""
    digest = sha256(__version__.encode())
    package = Path(__file__).parent.parent
    for path in sorted([*package.rglob("*.py"), *package.rglob("claim.toml")]):
        digest.update(f"{path.relative_to(package)}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def key_of(
    claim: str,
    instance: Instance,
    digits: int,
    mutants: bool,
    origin: str = "",
    second_engine: bool = False,
    pictures: bool = False,
) -> str:
    """Name under which a result is kept; `origin` is the text of the user's claim file, if any."""
    parts = (
        fingerprint(),
        claim,
        instance.label,
        repr(instance.seed),
        repr(instance.problem),
        digits,
        mutants,
        origin,
        second_engine,
        pictures,
    )
    return sha256("\0".join(map(str, parts)).encode()).hexdigest()[:32]


def result_to_json(result: InstanceResult) -> dict[str, Any]:
    """The result as JSON data."""
    return {
        "claim": result.claim,
        "label": result.label,
        "status": str(result.status),
        "evidence": str(result.evidence),
        "digits": result.digits,
        "detail": result.detail,
        "seconds": round(result.seconds, 3),
        "seed": result.seed,
        **({"traceback": result.traceback} if result.traceback else {}),
        **({"sides": asdict(result.sides)} if result.sides else {}),
        **({"second engine": result.second_engine} if result.second_engine else {}),
        **({"reduction": result.reduction} if result.reduction else {}),
        **({"not proved": result.unproved} if result.unproved else {}),
        **({"parts": [asdict(part) for part in result.parts]} if result.parts else {}),
        **({"pictures": [picture.to_json() for picture in result.pictures]} if result.pictures else {}),
        "mutants": [
            {"name": mutant.name, "outcome": mutant.outcome, "detail": mutant.detail}
            for mutant in result.mutants
        ],
    }


def result_from_json(data: dict[str, Any]) -> InstanceResult:
    """Inverse of `result_to_json`; raises KeyError, ValueError or TypeError for anything else."""
    return InstanceResult(
        claim=str(data["claim"]),
        label=str(data["label"]),
        status=Status(data["status"]),
        evidence=Evidence[data["evidence"].upper()],
        digits=int(data["digits"]),
        detail=str(data["detail"]),
        seconds=float(data["seconds"]),
        mutants=tuple(MutantResult(m["name"], m["outcome"], m["detail"]) for m in data["mutants"]),
        seed=data["seed"],
        sides=_sides(data["sides"]) if "sides" in data else None,
        second_engine=str(data.get("second engine", "")),
        reduction=str(data.get("reduction", "")),
        unproved=str(data.get("not proved", "")),
        pictures=tuple(map(Picture.from_json, data.get("pictures", ()))),
        traceback=str(data.get("traceback", "")),
        parts=tuple(PartResult(**part) for part in data.get("parts", ())),
    )


def _sides(data: dict[str, Any]) -> Sides:
    return Sides(
        tuple(map(str, data["predicted"])),
        tuple(map(str, data["measured"])),
        str(data["predictor"]),
        str(data["measurer"]),
        str(data["followed"]),
        tuple(map(str, data["names"])),
    )
