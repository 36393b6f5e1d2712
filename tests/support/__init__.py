"""What the tests stand on: real servers, model files, browsers and kernels. Nothing here is a test."""
