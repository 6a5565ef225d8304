package numbers

// Version is the version of this module. Every client sends it in the User-Agent:
// "tnkit/" and the version.
const Version = "0.1.0"
