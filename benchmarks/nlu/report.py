"""What `make nlu` prints and draws."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib import pyplot as plt

from benchmarks.nlu import figures as f
from benchmarks.nlu.messages import Message

mpl.use("Agg")  # no screen
LEAST_PRECISION = 0.97  # of what is acted on: the threshold is the lowest that keeps it


def headline(name: str, found: f.Figures) -> None:
    """One line of the figures that the issue of the understanding names."""
    print(
        f"{name:28s} accuracy {found.accuracy:.3f}  macro-F1 {found.macro_f1:.3f}  first three {found.first_three:.3f}"
        f"  acted on {found.acted_coverage:.3f} of what is in scope, right {found.acted_precision:.3f}"
        f"  out of scope accepted {found.out_of_scope_accepted:.3f} (near {found.near_accepted:.3f},"
        f" far {found.far_accepted:.3f})"
    )


def intents(messages: Sequence[Message], parses: Sequence[f.Parse]) -> None:
    """Precision, recall, F1 and number of each intent, the weakest recall first; then what is confused."""
    rows = sorted(f.by_intent(messages, parses).items(), key=lambda item: item[1].recall)
    print(f"\n{'intent':24s} precision recall  F1    messages")
    for intent, row in rows:
        print(f"{intent:24s} {row.precision:9.3f} {row.recall:6.3f} {row.f1:6.3f} {row.count:6d}")
    print("\nmost confused (wanted → taken for):")
    for (wanted, said), count in f.confusions(messages, parses).most_common(15):
        print(f"  {wanted} → {said}: {count}")


def shares(messages: Sequence[Message], parses: Sequence[f.Parse]) -> None:
    """Accuracy by style and by who wrote the messages."""
    for key in ("style", "hand"):
        parts = f.shares(messages, parses, key).items()
        print(f"\naccuracy by {key}: " + ", ".join(f"{name} {right:.3f} ({count})" for name, (right, count) in parts))


def reliability(name: str, messages: Sequence[Message], parses: Sequence[f.Parse]) -> None:
    """How far confidence can be believed."""
    rows, error = f.reliability(messages, parses)
    print(f"\ncalibration on {name}: expected error {error:.3f}")
    print("  said  " + "  ".join(f"{said:.2f}" for said, _, _ in rows))
    print("  right " + "  ".join(f"{right:.2f}" for _, right, _ in rows))
    print("  of    " + "  ".join(f"{count:4d}" for _, _, count in rows))


def picture(messages: Sequence[Message], parses: Sequence[f.Parse], path: Path) -> None:
    """The confusion matrix as a picture: rows wanted, columns said, shares of the row."""
    labels = sorted({m.intent for m in messages} | {p.first for p in parses})
    at = {label: place for place, label in enumerate(labels)}
    table = np.zeros((len(labels), len(labels)))
    for message, parse in zip(messages, parses, strict=True):
        table[at[message.intent], at[parse.first]] += 1
    shown = table / np.maximum(1, table.sum(axis=1, keepdims=True))
    drawing, axes = plt.subplots(figsize=(13, 12))
    axes.imshow(shown, cmap="Blues", vmin=0, vmax=1)
    axes.set_xticks(range(len(labels)), labels, rotation=90)
    axes.set_yticks(range(len(labels)), labels)
    axes.set_xlabel("taken for")
    axes.set_ylabel("wanted")
    for row, column in zip(*np.nonzero(table), strict=True):
        colour = "white" if shown[row, column] > 0.5 else "black"
        axes.text(column, row, int(table[row, column]), ha="center", va="center", fontsize=7, color=colour)
    drawing.tight_layout()
    drawing.savefig(path, dpi=110)
    plt.close(drawing)
