"""Claims after Yun, Krishnan, Mobahi, "A Unifying View on Implicit Bias in Training Linear Neural Networks" (2021)."""

YKM = (
    "C. Yun, S. Krishnan, H. Mobahi, A Unifying View on Implicit Bias in Training Linear Neural Networks, "
    "ICLR 2021, arXiv 2010.02501"
)
