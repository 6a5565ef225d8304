// Package driver has what an Orderer for a vendor is written with, and what the
// purchase flows share with it: building errors, checking answers, converting
// listings, and resolving attempts by listings with a vendor's rules.
package driver
