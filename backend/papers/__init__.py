"""What the plan prints: payment slip, receipt, a year's statement, member card. Bytes from plain dataclasses."""
