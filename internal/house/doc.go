// Package house tests the rules of CONTRIBUTING.md that are about the whole
// repository: which files a package may have, how large a file may be, and what
// the module requires.
package house
