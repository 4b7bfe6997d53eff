"""Where a customer stands with the shop, and what follows: stages, segments, tiers, RFM, recommendations. Pure."""
