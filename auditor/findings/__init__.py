"""From verdicts to what a person acts on: findings, conclusions per pack, and what would unlock more."""
