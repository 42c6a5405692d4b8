"""The literature that derivations refer to."""

from collections.abc import Iterable

REFERENCES: dict[str, str] = {
    "ykm": (
        r"C. Yun, S. Krishnan, H. Mobahi. A unifying view on implicit bias in training linear neural "
        r"networks. \emph{International Conference on Learning Representations}, 2021. "
        r"arXiv:2010.02501."
    ),
    "du-hu-lee": (
        r"S. S. Du, W. Hu, J. D. Lee. Algorithmic regularization in learning deep homogeneous models: "
        r"layers are automatically balanced. \emph{Advances in Neural Information Processing Systems} "
        r"31, 2018. arXiv:1806.00900."
    ),
    "arora-cohen-hazan": (
        r"S. Arora, N. Cohen, E. Hazan. On the optimization of deep networks: implicit acceleration by "
        r"overparameterization. \emph{International Conference on Machine Learning}, 2018. "
        r"arXiv:1802.06509."
    ),
    "gunasekar2017": (
        r"S. Gunasekar, B. Woodworth, S. Bhojanapalli, B. Neyshabur, N. Srebro. Implicit "
        r"regularization in matrix factorization. \emph{Advances in Neural Information Processing "
        r"Systems} 30, 2017. arXiv:1705.09280."
    ),
    "gunasekar2018icml": (
        r"S. Gunasekar, J. Lee, D. Soudry, N. Srebro. Characterizing implicit bias in terms of optimization geometry. "
        r"\emph{International Conference on Machine Learning}, 2018. arXiv:1802.08246."
    ),
    "gunasekar2018": (
        r"S. Gunasekar, J. Lee, D. Soudry, N. Srebro. Implicit bias of gradient descent on linear "
        r"convolutional networks. \emph{Advances in Neural Information Processing Systems} 31, 2018. "
        r"arXiv:1806.00468."
    ),
    "woodworth": (
        r"B. Woodworth, S. Gunasekar, J. D. Lee, E. Moroshko, P. Savarese, I. Golan, D. Soudry, N. "
        r"Srebro. Kernel and rich regimes in overparametrized models. \emph{Conference on Learning "
        r"Theory}, 2020. arXiv:2002.09277."
    ),
    "chou": (
        r"H.-H. Chou, J. Maly, H. Rauhut. More is less: inducing sparsity via overparameterization. "
        r"\emph{Information and Inference} 12(3), 2023. arXiv:2112.11027."
    ),
    "azulay": (
        r"S. Azulay, E. Moroshko, M. S. Nacson, B. Woodworth, N. Srebro, A. Globerson, D. Soudry. On the implicit "
        r"bias of initialization shape: beyond infinitesimal mirror descent. \emph{International Conference on "
        r"Machine Learning}, 2021. arXiv:2102.09769."
    ),
    "berthier": (
        r"R. Berthier. Diagonal linear networks and the lasso regularization path. 2025. arXiv:2509.18766."
    ),
    "saxe": (
        r"A. M. Saxe, J. L. McClelland, S. Ganguli. Exact solutions to the nonlinear dynamics of learning in deep "
        r"linear neural networks. \emph{International Conference on Learning Representations}, 2014. "
        r"arXiv:1312.6120."
    ),
    "gissin": (
        r"D. Gissin, S. Shalev-Shwartz, A. Daniely. The implicit bias of depth: how incremental learning drives "
        r"generalization. \emph{International Conference on Learning Representations}, 2020. arXiv:1909.12051."
    ),
    "kunin": (
        r"D. Kunin, A. Ravent\'os, C. Domin\'e, F. Chen, D. Klindt, A. Saxe, S. Ganguli. Get rich quick: exact "
        r"solutions reveal how unbalanced initializations promote rapid feature learning. 2024. arXiv:2406.06158."
    ),
    "even": (
        r"M. Even, S. Pesme, S. Gunasekar, N. Flammarion. (S)GD over diagonal linear networks: implicit "
        r"regularisation, large stepsizes and edge of stability. 2023. arXiv:2302.08982."
    ),
    "moroshko": (
        r"E. Moroshko, S. Gunasekar, B. Woodworth, J. D. Lee, N. Srebro, D. Soudry. Implicit bias in deep linear "
        r"classification: initialization scale vs training accuracy. \emph{Advances in Neural Information "
        r"Processing Systems} 33, 2020. arXiv:2007.06738."
    ),
    "marcotte2024": (
        r"S. Marcotte, R. Gribonval, G. Peyr\'e. Keep the momentum: conservation laws beyond Euclidean gradient "
        r"flows. \emph{International Conference on Machine Learning}, 2024. arXiv:2405.12888."
    ),
    "papazov": (
        r"H. Papazov, S. Pesme, N. Flammarion. Leveraging continuous time to understand momentum when training "
        r"diagonal linear networks. \emph{International Conference on Artificial Intelligence and Statistics}, "
        r"2024. arXiv:2403.05293."
    ),
    "lawrence": (
        r"H. Lawrence, K. Georgiev, A. Dienes, B. T. Kiani. Implicit bias of linear equivariant networks. "
        r"\emph{International Conference on Machine Learning}, 2022. arXiv:2110.06084."
    ),
    "pesme": (
        r"S. Pesme, N. Flammarion. Saddle-to-saddle dynamics in diagonal linear networks. "
        r"\emph{Advances in Neural Information Processing Systems} 36, 2023. arXiv:2304.00488."
    ),
    "zhao2026": r"Zhao. 2026. arXiv:2607.12332.",
    "li": (
        r"Z. Li, T. Wang, J. D. Lee, S. Arora. Implicit bias of gradient descent on reparametrized models: on "
        r"equivalence to mirror descent. \emph{Advances in Neural Information Processing Systems} 35, 2022. "
        r"arXiv:2207.04036."
    ),
    "matt-stoger": (
        r"H. Matt, D. St\"oger. Linear regression with overparameterized linear neural networks: tight upper and "
        r"lower bounds for implicit $\ell^1$-regularization. 2025. arXiv:2506.01143."
    ),
    "jagadeesan": (
        r"M. Jagadeesan, I. Razenshteyn, S. Gunasekar. Inductive bias of multi-channel linear convolutional "
        r"networks with bounded weight norm. \emph{Conference on Learning Theory}, 2022. arXiv:2102.12238."
    ),
    "marcotte": (
        r"S. Marcotte, R. Gribonval, G. Peyr\'e. Abide by the law and follow the flow: conservation "
        r"laws for gradient flows. \emph{Advances in Neural Information Processing Systems} 36, 2023. "
        r"arXiv:2307.00144."
    ),
    "carlson": (
        r"B. C. Carlson. Numerical computation of real or complex elliptic integrals. \emph{Numerical "
        r"Algorithms} 10:13--26, 1995. doi:10.1007/BF02198293."
    ),
    "bregman": (
        r"L. M. Bregman. The relaxation method of finding the common point of convex sets and its application to the "
        r"solution of problems in convex programming. \emph{USSR Computational Mathematics and Mathematical Physics} "
        r"7(3):200--217, 1967. doi:10.1016/0041-5553(67)90040-7."
    ),
    "dahlquist": (
        r"G. Dahlquist. \emph{Stability and error bounds in the numerical integration of ordinary differential "
        r"equations}. Transactions of the Royal Institute of Technology, Stockholm, 130, 1959."
    ),
    "hairer": (
        r"E. Hairer, S. P. N{\o}rsett, G. Wanner. \emph{Solving Ordinary Differential Equations I: Nonstiff "
        r"Problems}. Springer, second edition, 1993."
    ),
    "krawczyk": (
        r"R. Krawczyk. Newton-Algorithmen zur Bestimmung von Nullstellen mit Fehlerschranken. \emph{Computing} "
        r"4:187--201, 1969."
    ),
    "noether": (
        r"E. Noether. Invariante Variationsprobleme. \emph{Nachrichten von der Gesellschaft der Wissenschaften zu "
        r"G{\"o}ttingen}, Mathematisch-Physikalische Klasse, 235--257, 1918."
    ),
    "zhao": (
        r"B. Zhao, I. Ganev, R. Walters, R. Yu, N. Dehmamy. Symmetries, flat minima, and the conserved "
        r"quantities of gradient flow. \emph{International Conference on Learning Representations}, 2023. "
        r"arXiv:2210.17216."
    ),
    "dlmf": (
        r"\emph{NIST Digital Library of Mathematical Functions}. F. W. J. Olver and others (editors). "
        r"https://dlmf.nist.gov."
    ),
    "soudry": (
        r"D. Soudry, E. Hoffer, M. S. Nacson, S. Gunasekar, N. Srebro. The implicit bias of gradient "
        r"descent on separable data. \emph{Journal of Machine Learning Research} 19(70):1--57, 2018. "
        r"arXiv:1710.10345."
    ),
    "lyu-li": (
        r"K. Lyu, J. Li. Gradient descent maximizes the margin of homogeneous neural networks. "
        r"\emph{International Conference on Learning Representations}, 2020. arXiv:1906.05890."
    ),
    "ji-telgarsky": (
        r"Z. Ji, M. Telgarsky. Gradient descent aligns the layers of deep linear networks. "
        r"\emph{International Conference on Learning Representations}, 2019. arXiv:1810.02032."
    ),
    "ji-telgarsky2020": (
        r"Z. Ji, M. Telgarsky. Directional convergence and alignment in deep learning. "
        r"\emph{Advances in Neural Information Processing Systems} 33, 2020. arXiv:2006.06657."
    ),
}


def bibliography(keys: Iterable[str]) -> str:
    """A thebibliography environment with the entries of `keys`, in order; KeyError for others."""
    wanted = set(keys)
    if unknown := wanted - REFERENCES.keys():
        raise KeyError(", ".join(sorted(unknown)))
    items = "\n\n".join(f"\\bibitem{{{key}}} {text}" for key, text in REFERENCES.items() if key in wanted)
    return f"\\begin{{thebibliography}}{{99}}\n{items}\n\\end{{thebibliography}}"
