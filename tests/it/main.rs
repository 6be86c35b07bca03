//! One binary, a list of modules: the product as its callers see it.
