"""The rest of a regression flow from a point close to zero loss, and a jump to near its limit."""

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation, Picture
from litproof.derive.matrix_words import Algebra, MatrixRate
from litproof.derive.notation import Rate
from litproof.theorems.shared.symbols import n, r, t

size = sp.Symbol("P", integer=True, positive=True)
J = sp.MatrixSymbol("J", n, size)
K = sp.MatrixSymbol("K", n, n)
theta, x, e = (sp.MatrixSymbol(name, size, 1) for name in ("theta", "x", "e"))
s, q = sp.MatrixSymbol("s", n, 1), sp.MatrixSymbol("q", n, 1)
norm, speed, mu, Lambda, rho = (sp.Symbol(name, positive=True) for name in ("N", "G", "mu", "Lambda", "rho"))
squares = sp.Symbol("M", positive=True)
surplus = sp.Symbol("a", nonnegative=True)
INVERSE = ((J * J.T * K, sp.Identity(n)), (K * J * J.T, sp.Identity(n)))
error = sp.sqrt(5) / 2 * Lambda * rho**2 / mu


def derive() -> Derivation:
    """The derivation."""
    body = Body()
    _stays(body)
    _jump(body)
    return Derivation(
        claim="lemma/close-to-zero-loss",
        title="The rest of a flow that is close to zero loss",
        sources=(),
        symbols={
            "theta": theta,
            "J": J,
            "K": K,
            "r": r,
            "mu": mu,
            "Lambda": Lambda,
            "rho": rho,
            "norm": norm,
            "speed": speed,
            "squares": squares,
            "surplus": surplus,
            "radius": sp.Symbol("R", positive=True),
            "quotient": norm / mu,
            "decay": sp.exp(-(mu**2) * t),
            "x": x,
            "s": s,
            "e": e,
            "q": q,
            "pseudo": J.T * K,
            "velocity": -(J.T * r),
            "quarter": Lambda * rho**2 / (2 * mu),
            "half": Lambda * rho**2 / 2,
            "drift": Lambda * rho**2 / mu,
            "inverse_mu": 1 / mu,
            "error": error,
        },
        statement=(
            "Let a flow of the squared loss be at the parameters {theta} with the residual {r} of norm "
            "{norm}, and let {J} be the Jacobian of the outputs there. On the ball of radius {radius} around "
            "{theta} let no singular value of the Jacobian be below {mu}, and let it be Lipschitz with the "
            "constant {Lambda}. If {rho}, which is {quotient}, is at most {radius}, then the flow never "
            "leaves the ball, its path is no longer than {rho}, the residual decays at least like {decay}, "
            "and the limit has zero loss. The point {theta} less {pseudo} times {r}, with {K} the inverse of "
            "the Gram matrix of the rows of {J}, is off the limit by at most {error}.",
        ),
        hypotheses=("Norms of vectors are Euclidean, those of matrices spectral.",),
        body=tuple(body),
    )


def _stays(body: Body) -> None:
    """The flow cannot leave the ball."""
    flow = body.restate(
        "flow",
        MatrixRate(theta, t),
        -(J.T * r),
        "The parameters move by",
        of=(),
        how="gradient flow of the squared loss",
    )
    moved = body.restate(
        "residual", MatrixRate(r, t), -(J * J.T * r), "and the residual by", of=(flow,), how="chain rule"
    )
    square = body.prove_matrix(
        "square",
        sp.Trace(MatrixRate(r.T * r, t)),
        -2 * sp.Trace((J.T * r).T * (J.T * r)),
        "Its square falls by twice the square of the velocity,",
        using=(moved,),
        algebra=Algebra(constants=frozenset({J})),
    )
    rate = body.restate(
        "square-rate",
        Rate(squares, t),
        -2 * speed**2,
        "that is, with {squares} for the square and {speed} for the speed of the parameters,",
        of=(square,),
        how="norms for traces",
    )
    root = body.define("norm-letter", norm, sp.sqrt(squares), "The norm")
    body.prove("falls", Rate(norm, t), -(speed**2) / norm, "falls by", using=(root, rate))
    part = body.define(
        "part",
        speed,
        mu * norm + surplus,
        "While the flow is in the ball the least singular value bounds {speed} from below: with a "
        "non-negative {surplus}",
        of=surplus,
    )
    body.bound(
        "path",
        speed**2 / norm,
        mu * speed,
        surplus * (mu * norm + surplus) / norm,
        "so that the norm of the residual falls at least by {mu} times the way that is gone:",
        using=(part,),
    )
    body.bound(
        "decay-rate",
        speed**2 / norm,
        mu**2 * norm,
        (2 * mu * norm * surplus + surplus**2) / norm,
        "and at least by a multiple of itself:",
        using=(part,),
    )
    body.append(
        Argument(
            "By {eq:path} the way that is gone up to any time in the ball is at most {quotient}. If that is "
            "at most {radius} the flow cannot leave the ball; by {eq:decay-rate} the residual then decays "
            "like {decay} for ever, the path has finite length, and the parameters converge to a point of "
            "zero loss.",
            "stays",
        )
    )
    body.append(
        Picture(
            "\\draw (0,0) circle (2.1);\n"
            "\\fill (0,0) circle (1.5pt) node[below left] {$\\theta$};\n"
            "\\draw[thick,->] (0,0) .. controls (0.6,0.9) and (0.7,1.1) .. (0.75,1.45);\n"
            "\\fill (0.76,1.5) circle (1.5pt) node[above] {limit};\n"
            "\\draw[dashed,->] (0,0) -- (1.02,1.36);\n"
            "\\fill (1.05,1.4) circle (1.5pt);\n"
            "\\draw[gray] (1.05,1.4) circle (0.42);\n"
            "\\draw (1.12,1.38) -- (2.4,1.0) node[right] {$\\theta-J^{T}Kr$};\n"
            "\\draw[<->,gray] (0,0) -- (-2.1,0) node[midway,above] {$R$};",
            "The ball around {theta}, the rest of the path, and the jump with its error bound.",
        )
    )


def _jump(body: Body) -> None:
    """The second-order jump."""
    body.define(
        "way",
        x,
        -(J.T * s) - e,
        "Let {x} be the limit less {theta} and {s} the integral of the residual over all later times; let "
        "{e}, what the change of the Jacobian adds, be given by",
        of=e,
    )
    body.define(
        "outputs",
        r,
        -(J * x) - q,
        "At the limit the residual is zero. Expanded at {theta}, with a remainder {q},",
        of=q,
    )
    identity = Algebra(symmetric=frozenset({K}), identities=INVERSE)
    body.prove_matrix(
        "jump",
        (-(J.T * s) - e) + J.T * K * (-(J * (-(J.T * s) - e)) - q),
        -(J.T * K * q) - (sp.Identity(size) - J.T * K * J) * e,
        "The limit, less the point reached by the jump, is then",
        algebra=identity,
    )
    body.prove_matrix(
        "orthogonal",
        sp.Trace((J.T * K * q).T * (sp.Identity(size) - J.T * K * J) * e),
        sp.S.Zero,
        "Its two parts are orthogonal,",
        algebra=identity,
    )
    body.append(
        Argument(
            "The remainder {q} has at most the norm {half}, as the way is no longer than {rho}. The residual "
            "integrates to at most {norm} over the square of {mu}, on the way the Jacobian changes by at "
            "most {Lambda} times {rho}: {e} has at most the norm {drift}. The norm of {pseudo} is at most "
            "{inverse_mu}, that of the projection in front of {e} at most one. So the two parts of {eq:jump} "
            "have at most the norms {quarter} and {drift}; they are orthogonal by {eq:orthogonal}, and the "
            "sum has at most the norm {error}.",
            "norms",
        )
    )
