"""Documents that people send under a protocol: what they are, what a process asks for, what the desk says of them."""
