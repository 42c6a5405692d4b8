"""The identities of section 0: every forward pass is its data tensor, and the odeco form is that tensor."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from math import inf
from random import Random
from typing import Any

from litproof.algebra.cyclotomic import Cyclotomic
from litproof.claims.claim import Answer, Comparison, Instance, Mutant, claim
from litproof.claims.hypotheses import ODECO
from litproof.networks.base import DataTensor, Layers, Network, OdecoForm
from litproof.networks.convolutional import Convolutional
from litproof.networks.diagonal import Diagonal
from litproof.networks.draw import KINDS, draw_network
from litproof.networks.fully_connected import FullyConnected
from litproof.networks.identities import IdentityReport, verify_forward, verify_odeco
from litproof.networks.matrix_sensing import MatrixSensing
from litproof.problem import Problem
from litproof.results import Evidence, Measurement, Prediction
from litproof.theorems.shared.instances import draw_data, draw_odeco
from litproof.theorems.ykm import YKM


@dataclass(frozen=True)
class WithTensor:
    """A network whose data tensor is replaced by another one; everything else is its own."""

    network: Network
    tensor: DataTensor

    @property
    def kind(self) -> str:
        """Of the network."""
        return self.network.kind

    @property
    def depth(self) -> int:
        """Of the network."""
        return self.network.depth

    @property
    def shapes(self) -> tuple[int, ...]:
        """Of the network."""
        return self.network.shapes

    @property
    def input_dim(self) -> int:
        """Of the network."""
        return self.network.input_dim

    def forward(self, x: Any, v: Layers) -> Any:
        """Of the network."""
        return self.network.forward(x, v)

    def coefficients(self, v: Layers) -> tuple[Any, ...]:
        """Of the network."""
        return self.network.coefficients(v)

    def data_tensor(self) -> DataTensor:
        """The replacement."""
        return self.tensor

    def odeco(self) -> OdecoForm | None:
        """Of the network."""
        return self.network.odeco()


def _the_network(problem: Problem, digits: int) -> Measurement:
    """The network's own forward pass, for indeterminate x and v."""
    nothing = Fraction(0)
    return Measurement(
        (), (), nothing, nothing, {}, digits, "forward pass", details={"network": problem.network}
    )


def _identity(reports: Iterable[IdentityReport], digits: int) -> Comparison:
    """All identities hold as polynomials, or the first that does not."""
    checked = 0
    for report in reports:
        if not report.holds:
            return Comparison(Answer.VIOLATED, 0, Evidence.EXACT, inf, f"{report.identity}: {report.failure}")
        checked += report.checked
    return Comparison(Answer.HOLDS, digits, Evidence.EXACT, 0.0, f"{checked} coefficients compared")


def _compare_tensor(prediction: Prediction, measurement: Measurement, digits: int) -> Comparison:
    network, tensor = measurement.details["network"], prediction.details["tensor"]
    return _identity(verify_forward(WithTensor(network, tensor)), digits)  # type: ignore[arg-type]


def _compare_form(prediction: Prediction, measurement: Measurement, digits: int) -> Comparison:
    network: Network = measurement.details["network"]  # type: ignore[assignment]
    return _identity(verify_odeco(network.data_tensor(), prediction.details["form"]), digits)  # type: ignore[arg-type]


def _same(a: Prediction, b: Prediction, digits: int) -> bool:
    return a.details == b.details


def _tensor(entries: Mapping[tuple[int, ...], Fraction], network: Network, digits: int) -> Prediction:
    tensor = DataTensor(network.input_dim, network.shapes, dict(entries))
    return Prediction((), digits, "data tensor", {"tensor": tensor})


Entries = Mapping[tuple[int, ...], Fraction]


def _changed(
    change: Callable[[Entries, Network], Entries | None],
) -> Callable[[Problem, int], Prediction | None]:
    def predict(problem: Problem, digits: int) -> Prediction | None:
        entries = change(problem.network.data_tensor().entries, problem.network)
        return None if entries is None else _tensor(entries, problem.network, digits)

    return predict


def _shifted(entries: Entries, network: Network) -> Entries:
    d = network.input_dim
    return {((z + 1) % d, *j): value for (z, *j), value in entries.items()}


def _first_entry_dropped(entries: Entries, network: Network) -> Entries | None:
    return dict(sorted(entries.items())[1:]) if entries else None


def _sign_flipped(entries: Entries, network: Network) -> Entries | None:
    last = max(entries, default=None)
    return None if last is None else {key: -value if key == last else value for key, value in entries.items()}


def _slots_swapped(entries: Entries, network: Network) -> Entries | None:
    """The first two layers exchanged (where their sizes allow it)."""
    if network.depth < 2 or network.shapes[0] != network.shapes[1]:
        return None
    return {(z, j[1], j[0], *j[2:]): value for (z, *j), value in entries.items()}


def _for(network: Network, name: str, seed: int | None = None) -> Instance:
    """An instance on which only the network matters."""
    rng = Random(0)
    layers = tuple((Fraction(1),) * size for size in network.shapes)
    X = draw_data(rng, 1, network.input_dim)
    problem = Problem(network, "regression", X, (Fraction(1),), Fraction(1), layers, name)
    return Instance(name if seed is None else f"{name}, seed {seed}", problem, seed)


def _instances(seed: int) -> tuple[Instance, ...]:
    rng = Random(f"forward {seed}")
    fixed = (
        _for(Diagonal(3, 4), "diagonal, L = 3, d = 4"),
        _for(Convolutional((2, 3, 4)), "convolutional, k = (2, 3, 4)"),
        _for(Convolutional((5, 5)), "convolutional, k = (5, 5)"),
        _for(FullyConnected(3, (2, 4)), "fully connected, 3-2-4-1"),
        _for(MatrixSensing(3, 2), "matrix sensing, L = 3, 2 x 2"),
    )
    return (*fixed, *(_for(draw_network(rng, kind), f"random {kind}", seed) for kind in KINDS))


@claim(
    id="network/forward-is-tensor",
    title="the forward pass of a linear tensor network is the contraction of its data tensor",
    source=f"{YKM}: tensor formulation of linear networks",
    statement=r"$f(x; v) = M(x) \circ (v_1, \dots, v_L) = x^T \beta(v)$, identically in $x$ and $v$.",
    instances=_instances,
    measure=_the_network,
    compare=_compare_tensor,
    same=_same,
    mutants=(
        Mutant("index of x shifted by one", predict=_changed(_shifted)),
        Mutant("one entry of M dropped", predict=_changed(_first_entry_dropped)),
        Mutant("sign of one entry of M", predict=_changed(_sign_flipped)),
        Mutant("slots 1 and 2 swapped", predict=_changed(_slots_swapped)),
    ),
)
def forward_is_tensor(problem: Problem, digits: int) -> Prediction:
    """The data tensor M as exact sparse entries."""
    return _tensor(problem.network.data_tensor().entries, problem.network, digits)


def _form(form: OdecoForm, digits: int) -> Prediction:
    return Prediction((), digits, "odeco form", {"form": form})


def _own_form(problem: Problem) -> OdecoForm:
    form = problem.network.odeco()
    assert form is not None
    return form


def _conjugated(problem: Problem, digits: int) -> Prediction:
    form = _own_form(problem)
    return _form(replace(form, S=tuple(tuple(s.conjugate() for s in row) for row in form.S)), digits)


def _rescaled(problem: Problem, digits: int) -> Prediction:
    form = _own_form(problem)
    return _form(replace(form, S=tuple(tuple(2 * s for s in row) for row in form.S)), digits)


def _rows_turned(problem: Problem, digits: int) -> Prediction:
    form = _own_form(problem)
    return _form(replace(form, S=(*form.S[1:], form.S[0])), digits)


def _phase(problem: Problem, digits: int) -> Prediction:
    """u_{1,j} multiplied by i, j a component that is used: still orthonormal, no longer the tensor."""
    form = _own_form(problem)
    i = Cyclotomic.gaussian(0, 1)
    used = next(j for j, row in enumerate(form.S) if any(row))
    first = tuple(tuple(u * i if j == used else u for j, u in enumerate(row)) for row in form.U[0])
    return _form(replace(form, U=(first, *form.U[1:])), digits)


def _longer(problem: Problem, digits: int) -> Prediction:
    """u_{1,1} doubled and s_1 halved: the tensor is right, U_1 is not orthonormal."""
    form = _own_form(problem)
    half = Fraction(1, 2)
    first = tuple((2 * row[0], *row[1:]) for row in form.U[0])
    S = (tuple(s * half for s in form.S[0]), *form.S[1:])
    return _form(OdecoForm(S, (first, *form.U[1:])), digits)


def _odeco_instances(seed: int) -> tuple[Instance, ...]:
    rng = Random(f"odeco form {seed}")
    return (
        _for(Diagonal(4, 3), "diagonal, L = 4, d = 3"),
        _for(Convolutional((2, 2, 2)), "convolutional, k = (2, 2, 2)"),
        _for(Convolutional((3, 3)), "convolutional, k = (3, 3)"),
        _for(Convolutional((4, 4, 4)), "convolutional, k = (4, 4, 4)"),
        _for(draw_odeco(rng, 3, 3, 2), "random odeco, L = 3, m = 3, d = 2", seed),
        _for(draw_network(rng, "complex-odeco"), "random complex odeco", seed),
    )


@claim(
    id="network/odeco-form",
    title="the odeco form: M(x) is a sum of m rank-one tensors with orthonormal factors",
    source=f"{YKM}: orthogonally decomposable data tensors",
    statement=r"""$M(x) = \sum_{j=1}^m (S x)_j \, u_{1,j} \otimes \dots \otimes u_{L,j}$ identically in $x$,
        $U_l^H U_l = I$, $\mathrm{rank}\, S = d$.""",
    hypotheses=(ODECO,),
    instances=_odeco_instances,
    measure=_the_network,
    compare=_compare_form,
    same=_same,
    mutants=(
        Mutant("conj(S) in place of S (F for F^*)", predict=_conjugated),
        Mutant("2 S in place of S", predict=_rescaled),
        Mutant("rows of S moved by one", predict=_rows_turned),
        Mutant("phase i on u_{1,j}", predict=_phase),
        Mutant("u_{1,1} of length 2", predict=_longer),
    ),
)
def odeco_form(problem: Problem, digits: int) -> Prediction:
    """S and U_l with exact cyclotomic entries."""
    return _form(_own_form(problem), digits)
