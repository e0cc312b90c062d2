"""Collections' pages: finance's lists, the decision list, the means that are not ours, a contract's whole history."""
