"""Reading every conversation, with what was understood and who owned it when."""
