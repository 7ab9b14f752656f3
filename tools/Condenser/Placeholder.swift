// Condenser
