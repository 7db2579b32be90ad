"""Oopsight: paste a kernel crash, walk through the source.

The packages, from the bottom: nouns (`model`), tables (`arch`, `values`), readers (`log`, `formats`,
`image`, `tree`), the joiner (`resolve`), the face (`ide`) and the two wires (`lsp`, `cli`).
ARCHITECTURE.md at the top of the project draws the picture.
"""

__version__ = "0.1.0"
