"""Codes of the federal subjects as the identifiers use them."""

from __future__ import annotations

# Tax regions: 01-89 and 91-95 are subjects, 97 the interregional inspectorates, 99 foreign organisations (order of the
# Federal Tax Service ЕД-7-14/559@ of 26.06.2024 and its predecessors).
TAX = frozenset(f"{number:02d}" for number in (*range(1, 96), 97, 99)) - {"88"}

# The first two digits of a passport's series: the region's code in the classifier OK 019-95 (OKATO).
OKATO = frozenset(
    f"{number:02d}"
    for number in (
        1, 3, 4, 5, 7, 8, 10, 11, 12, 14, 15, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 32, 33, 34, 35, 36, 37,
        38, 39, 40, 41,
        42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63, 64, 65, 66, 67, 68, 69, 70, 71,
        73, 74, 75, 76,
        77, 78, 79, 80, 81, 82, 83, 84, 85, 86, 87, 88, 89, 90, 91, 92, 93, 94, 95, 96, 97, 98, 99,
    )
)  # fmt: skip
