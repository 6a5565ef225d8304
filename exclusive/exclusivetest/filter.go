package exclusivetest

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// predicate decides whether a row stays.
type predicate func(*row) bool

// property returns how a row compares with a literal: known is false where the row has no value.
type property func(*row) (text string, known bool)

// properties are the fields that a filter can name.
var properties = map[string]property{
	"id":          func(n *row) (string, bool) { return n.id, true },
	"number":      func(n *row) (string, bool) { return n.number, true },
	"created_at":  func(n *row) (string, bool) { return sortable(n.created), !n.created.IsZero() },
	"enabled":     func(n *row) (string, bool) { return fmt.Sprint(n.enabled), true },
	"description": func(n *row) (string, bool) { return n.description, n.description != "" },
}

// sortable writes a time so that the text sorts as the time does.
func sortable(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000000Z") }

// comparisons are the operators of PortSIP's guide.
var comparisons = map[string]func(order int) bool{
	"eq": func(order int) bool { return order == 0 },
	"ne": func(order int) bool { return order != 0 },
	"gt": func(order int) bool { return order > 0 },
	"ge": func(order int) bool { return order >= 0 },
	"lt": func(order int) bool { return order < 0 },
	"le": func(order int) bool { return order <= 0 },
}

// functions are its functions of a property and a text.
var functions = map[string]func(text, part string) bool{
	"startswith": strings.HasPrefix,
	"endswith":   strings.HasSuffix,
	"contains":   strings.Contains,
}

// token is a text in single quotes (a quote in it is doubled), a word, or a sign; blanks stand between.
var token = regexp.MustCompile(`^\s*('(?:[^']|'')*'|[A-Za-z_][A-Za-z0-9_]*|[(),])`)

// parser reads an OData filter, as far as PortSIP's guide shows it, from left to right.
type parser struct{ tokens []string }

var errFilter = errors.New("is no filter expression")

// parseFilter reads a filter; an empty one keeps every row.
func parseFilter(text string) (predicate, error) {
	if text == "" {
		return func(*row) bool { return true }, nil
	}
	p := &parser{}
	for rest := strings.TrimSpace(text); rest != ""; {
		found := token.FindStringSubmatch(rest)
		if found == nil {
			return nil, errFilter
		}
		p.tokens = append(p.tokens, found[1])
		rest = strings.TrimSpace(rest[len(found[0]):])
	}
	keep, err := p.or()
	if err == nil && len(p.tokens) > 0 {
		err = errFilter
	}
	return keep, err
}

// next takes the next token; "" at the end.
func (p *parser) next() string {
	if len(p.tokens) == 0 {
		return ""
	}
	t := p.tokens[0]
	p.tokens = p.tokens[1:]
	return t
}

// skip takes the next token if it is this one.
func (p *parser) skip(want string) bool {
	if len(p.tokens) == 0 || p.tokens[0] != want {
		return false
	}
	p.tokens = p.tokens[1:]
	return true
}

// or reads terms joined by "or", which binds less than "and".
func (p *parser) or() (predicate, error) {
	left, err := p.and()
	for err == nil && p.skip("or") {
		one := left
		var other predicate
		other, err = p.and()
		left = func(n *row) bool { return one(n) || other(n) }
	}
	return left, err
}

func (p *parser) and() (predicate, error) {
	left, err := p.term()
	for err == nil && p.skip("and") {
		one := left
		var other predicate
		other, err = p.term()
		left = func(n *row) bool { return one(n) && other(n) }
	}
	return left, err
}

// term reads a comparison, a function, or an expression in brackets.
func (p *parser) term() (predicate, error) {
	if p.skip("(") {
		inner, err := p.or()
		if err == nil && !p.skip(")") {
			err = errFilter
		}
		return inner, err
	}
	word := p.next()
	if f, ok := functions[word]; ok {
		return p.function(f)
	}
	get, known := properties[word]
	compare, isOperator := comparisons[p.next()]
	if !known || !isOperator {
		return nil, errFilter
	}
	literal, err := p.literal(word)
	if err != nil {
		return nil, err
	}
	return func(n *row) bool {
		text, known := get(n)
		if !known { // null is not equal to anything, nor more or less
			return compare(1) && compare(-1)
		}
		return compare(strings.Compare(text, literal))
	}, nil
}

// function reads the arguments of a function.
func (p *parser) function(f func(text, part string) bool) (predicate, error) {
	if !p.skip("(") {
		return nil, errFilter
	}
	name := p.next()
	get, known := properties[name]
	if !known || name == "enabled" || name == "created_at" || !p.skip(",") {
		return nil, errFilter
	}
	part, err := p.literal(name)
	if err != nil || !p.skip(")") {
		return nil, errFilter
	}
	return func(n *row) bool {
		text, known := get(n)
		return known && f(text, part)
	}, nil
}

// literal reads a value to compare a property with.
func (p *parser) literal(name string) (string, error) {
	word := p.next()
	text, ended := strings.CutSuffix(strings.TrimPrefix(word, "'"), "'")
	text = strings.ReplaceAll(text, "''", "'")
	switch {
	case name == "enabled":
		if word == "true" || word == "false" {
			return word, nil
		}
	case !ended || !strings.HasPrefix(word, "'"):
	case name == "created_at":
		if t, err := time.Parse(time.RFC3339, text); err == nil {
			return sortable(t), nil
		}
	default:
		return text, nil
	}
	return "", errFilter
}

// parseOrder reads "field asc, field2 desc"; rows that are equal keep their order.
func parseOrder(text string) (func(a, b *row) int, error) {
	type key struct {
		get  property
		sign int
	}
	var keys []key
	for part := range strings.SplitSeq(text, ",") {
		words := strings.Fields(part)
		if text == "" {
			break
		}
		if len(words) < 1 || len(words) > 2 || properties[words[0]] == nil {
			return nil, errors.New("names no field to sort by")
		}
		sign := 1
		if len(words) == 2 {
			if sign = slices.Index([]string{"desc", "", "asc"}, words[1]) - 1; sign != 1 && sign != -1 {
				return nil, errors.New("knows asc and desc only")
			}
		}
		keys = append(keys, key{properties[words[0]], sign})
	}
	return func(a, b *row) int {
		order := 0
		for _, k := range keys {
			left, _ := k.get(a)
			right, _ := k.get(b)
			order = cmp.Or(order, k.sign*strings.Compare(left, right))
		}
		return order
	}, nil
}
