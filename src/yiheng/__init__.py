"""Yiheng 医衡: payment and supervision of packaged health-insurance funds."""

__version__ = "0.1.0"
