"""What Perennial needs of the world. Each port has two implementations under one contract test: AWS, and in memory."""
