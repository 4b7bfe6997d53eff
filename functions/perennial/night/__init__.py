"""What the nightly pass learns from all customers: sums of each segment, that can be added up, and tables made of them."""
