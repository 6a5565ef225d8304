package main

import (
	"fmt"

	"github.com/tnkit/tnkit/numbers"
)

// customer is one of those who buy: certain numbers, or any.
type customer struct {
	id    int
	wants []numbers.E164 // certain numbers; each is wanted by another customer, too
	any   int            // how many of any numbers
}

func (c customer) reference() string { return fmt.Sprintf("customer-%d", c.id) }

// customers are all customers of a run. Neighbours compete for the same numbers, and all
// who buy any numbers for what the same search finds.
func customers(s subject, count int) []customer {
	size := max(6, count/50)
	var list []customer
	for from := 0; from < count; from += size / 2 {
		c := customer{id: len(list)}
		for i := from; i < min(from+size, count); i++ {
			c.wants = append(c.wants, number(i))
		}
		list = append(list, c)
		if s.search != nil && len(list)%10 == 5 {
			list = append(list, customer{id: len(list), any: 2})
		}
	}
	return list
}

// active reports whether a life with so many numbers serves the customer. Those who buy
// any numbers come with their neighbours.
func (c customer) active(of []customer, numbersActive int) bool {
	if c.any > 0 {
		return c.id > 0 && of[c.id-1].active(of, numbersActive)
	}
	return c.wants[len(c.wants)-1] <= number(numbersActive-1)
}
