"""Where what the doors took in becomes durable: who may speak, which series they mean, and the receipt."""
