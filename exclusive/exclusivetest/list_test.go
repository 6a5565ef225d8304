package exclusivetest_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/exclusive/exclusivetest"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// list reads a page: the count and the numbers.
func (p *pbx) list(query string) (count int, numbers []string) {
	p.t.Helper()
	a := p.get(path + query)
	require.Equal(p.t, 200, a.status, a.body)
	var page struct {
		Count int `json:"count"`
		Items []struct {
			Number string `json:"number"`
		} `json:"items"`
	}
	require.NoError(p.t, json.Unmarshal([]byte(a.body), &page))
	for _, n := range page.Items {
		numbers = append(numbers, n.Number)
	}
	return page.Count, numbers
}

// with adds rows with the numbers 0, 1, 2 and so on.
func (p *pbx) with(rows int) *pbx {
	var numbers []exclusivetest.Row
	for i := range rows {
		numbers = append(numbers, exclusivetest.Row{Number: fmt.Sprint(i)})
	}
	p.AddRow(numbers...)
	return p
}

func numbersFrom(first, last int) (numbers []string) {
	for i := first; i <= last; i++ {
		numbers = append(numbers, fmt.Sprint(i))
	}
	return numbers
}

func TestPaging(t *testing.T) {
	p := newPBX(t).with(250)
	for query, want := range map[string][]string{
		"":                      numbersFrom(0, 99),
		"?top=100":              numbersFrom(0, 99),
		"?skip=0&top=1":         {"0"},
		"?skip=100":             numbersFrom(100, 199),
		"?skip=248&top=100":     {"248", "249"},
		"?skip=250":             nil,
		"?skip=2147483647":      nil,
		"?top=3&skip=1":         {"1", "2", "3"},
		"?orderby=number&top=3": {"0", "1", "10"},
	} {
		count, numbers := p.list(query)
		assert.Equal(t, 250, count, query)
		assert.Equal(t, want, numbers, query)
	}
	p.get(path+"?skip=250").is(200, `={"count":250,"items":[]}`)
}

func TestPagingRefusals(t *testing.T) {
	p := newPBX(t).with(3)
	for _, top := range []string{"0", "101", "-1", "ten", "1.0", "99999999999999999999"} {
		p.get(path + "?top=" + top).invalid("top")
	}
	for _, skip := range []string{"-1", "x", "2147483648"} {
		p.get(path + "?skip=" + skip).invalid("skip")
	}
	for _, filter := range []string{
		"number", "number eq", "number eq 1", "number eq null", "number eq '1", "number is '1'", "name eq '1'", "number eq '1' number eq '2'",
		"number eq '1' and", "or number eq '1'", "(number eq '1'", "number eq '1')", "contains(number)", "contains(number,'1'", "contains('1',number)",
		"contains number,'1')", "contains(enabled,'t')", "not number eq '1'", "enabled eq 'true'", "created_at gt 'yesterday'", "number eq \"1\"", ";",
	} {
		p.get(path + "?filter=" + url.QueryEscape(filter)).invalid("filter")
	}
	for _, orderby := range []string{"name", "number up", "number asc desc", "number,", ",number"} {
		p.get(path + "?orderby=" + url.QueryEscape(orderby)).invalid("orderby")
	}
}

func TestFilterSearchAndOrder(t *testing.T) {
	p := newPBX(t)
	at := func(second int) time.Time { return time.Date(2024, 1, 1, 0, 0, second, 500_000_000, time.UTC) }
	p.AddRow(
		exclusivetest.Row{ID: "a", Number: "+14155550100", CreatedAt: at(3), Description: "Front desk"},
		exclusivetest.Row{ID: "b", Number: "+442079460000", CreatedAt: at(1), Disabled: true, Description: "it's a front"},
		exclusivetest.Row{ID: "c", Number: "+14155550199", CreatedAt: at(2), Disabled: true},
		exclusivetest.Row{ID: "d", Number: "text"},
	)
	us1, gb, us2, text := "+14155550100", "+442079460000", "+14155550199", "text"
	for filter, want := range map[string][]string{
		"number eq '+14155550100'":                          {us1},
		"number ne '+14155550100'":                          {gb, us2, text},
		"number gt '+14155550100'":                          {gb, us2, text},
		"number ge '+14155550100'":                          {us1, gb, us2, text},
		"number lt '+14155550199'":                          {us1},
		"number le '+14155550199'":                          {us1, us2},
		"startswith(number,'+1415')":                        {us1, us2},
		"endswith(number, '99')":                            {us2},
		"contains(number,'207')":                            {gb},
		"contains( description , 'it''s' )":                 {gb},
		"enabled eq true":                                   {us1, text},
		"enabled ne true":                                   {gb, us2},
		"id eq 'c'":                                         {us2},
		"created_at gt '2024-01-01T00:00:02Z'":              {us1, us2},
		"created_at le '2024-01-01T01:00:01.5+01:00'":       {gb},
		"description eq 'Front desk'":                       {us1},
		"description ne 'Front desk'":                       {gb, us2, text},
		"startswith(number,'+1') and enabled eq true":       {us1},
		"id eq 'a' or id eq 'b' and enabled eq true":        {us1},
		"(id eq 'a' or id eq 'b') and enabled eq false":     {gb},
		"id eq 'd' or id eq 'b' or id eq 'd' and id eq 'a'": {gb, text},
		"number eq 'nobody'":                                nil,
	} {
		count, numbers := p.list("?filter=" + url.QueryEscape(filter))
		assert.Equal(t, len(want), count, filter)
		assert.Equal(t, want, numbers, filter)
	}
	for search, want := range map[string][]string{
		"FRONT":      {us1, gb},
		"0199":       {us2},
		"text or 44": {gb, text},
		"nobody":     nil,
	} {
		_, numbers := p.list("?search=" + url.QueryEscape(search))
		assert.Equal(t, want, numbers, search)
	}
	for orderby, want := range map[string][]string{
		"number":                       {us1, us2, gb, text},
		"number desc":                  {text, gb, us2, us1},
		"enabled asc, number desc":     {gb, us2, text, us1},
		"enabled":                      {gb, us2, us1, text},
		"created_at,id":                {text, gb, us2, us1},
		"description desc, number asc": {gb, us1, us2, text},
	} {
		_, numbers := p.list("?orderby=" + url.QueryEscape(orderby))
		assert.Equal(t, want, numbers, orderby)
	}
	count, numbers := p.list("?search=front&filter=" + url.QueryEscape("enabled eq false") + "&orderby=number&top=1")
	assert.Equal(t, 1, count)
	assert.Equal(t, []string{gb}, numbers)
}

func TestFilterSeesEveryChange(t *testing.T) {
	p := newPBX(t)
	query := "?filter=" + url.QueryEscape("number eq '101'")
	count := func() int { n, _ := p.list(query); return n }
	require.Equal(t, 0, count())
	id := p.create("101")
	require.Equal(t, 1, count())
	p.post(path+"/"+id, `{"number":"102"}`).is(200, "")
	require.Equal(t, 0, count())
	p.post(path+"/"+id, `{"number":"101"}`).is(200, "")
	require.Equal(t, 1, count())
	p.post(path+"/"+id+"/destroy", "").is(204, "")
	require.Equal(t, 0, count())
}

func TestListQuirks(t *testing.T) {
	t.Run("skip is ignored", func(t *testing.T) {
		p := newPBX(t, exclusivetest.Options{IgnoreSkip: true}).with(150)
		_, numbers := p.list("?skip=100")
		assert.Equal(t, numbersFrom(0, 99), numbers)
	})
	t.Run("rows shift", func(t *testing.T) {
		p := newPBX(t, exclusivetest.Options{ShiftRows: 2}).with(10)
		_, numbers := p.list("?skip=3&top=2")
		assert.Equal(t, []string{"1", "2"}, numbers)
		_, numbers = p.list("?skip=1&top=2")
		assert.Equal(t, []string{"0", "1"}, numbers)
		p = newPBX(t, exclusivetest.Options{ShiftRows: -1}).with(10)
		_, numbers = p.list("?skip=3&top=2")
		assert.Equal(t, []string{"4", "5"}, numbers)
		_, numbers = p.list("?top=2")
		assert.Equal(t, []string{"0", "1"}, numbers)
	})
	t.Run("the count lies", func(t *testing.T) {
		p := newPBX(t, exclusivetest.Options{Count: func(n, _ int) int { return n + 99 }}).with(1)
		count, numbers := p.list("")
		assert.Equal(t, 100, count)
		assert.Equal(t, []string{"0"}, numbers)
	})
	t.Run("the count is that of the page", func(t *testing.T) {
		p := newPBX(t, exclusivetest.Options{Count: func(_, page int) int { return page }, MaxPage: 3}).with(5)
		count, numbers := p.list("?skip=1&top=100")
		assert.Equal(t, 3, count)
		assert.Equal(t, []string{"1", "2", "3"}, numbers, "the page is capped")
		count, _ = p.list("?skip=3")
		assert.Equal(t, 2, count)
	})
	t.Run("there is no count", func(t *testing.T) {
		p := newPBX(t, exclusivetest.Options{NoCount: true})
		p.get(path).is(200, `={"items":[]}`)
		p.create("1")
		assert.True(t, strings.HasPrefix(p.get(path).body, `{"items":[{`))
	})
	t.Run("no order is stable", func(t *testing.T) {
		p := newPBX(t, exclusivetest.Options{Unstable: true}).with(3)
		for _, want := range [][]string{{"1", "2"}, {"2", "0"}, {"0", "1"}, {"1", "2"}} {
			_, numbers := p.list("?top=2")
			assert.Equal(t, want, numbers)
		}
	})
	t.Run("no items are null", func(t *testing.T) {
		p := newPBX(t, exclusivetest.Options{NullItems: true})
		p.get(path).is(200, `={"count":0,"items":null}`)
		p.with(1)
		_, numbers := p.list("")
		assert.Equal(t, []string{"0"}, numbers)
		p.get(path+"?skip=1").is(200, `={"count":1,"items":null}`)
	})
	t.Run("parameters are ignored", func(t *testing.T) {
		p := newPBX(t, exclusivetest.Options{Params: exclusivetest.ParamsIgnored, ServerOptions: numberstest.ServerOptions{Lenient: true}}).with(250)
		for _, query := range []string{"", "?skip=100&top=5&filter=nonsense"} {
			count, numbers := p.list(query)
			assert.Equal(t, 250, count)
			assert.Equal(t, numbersFrom(0, 249), numbers)
		}
		assert.Len(t, p.Reports(), 3)
	})
	t.Run("parameters are refused", func(t *testing.T) {
		p := newPBX(t, exclusivetest.Options{Params: exclusivetest.ParamsRefused}).with(250)
		_, numbers := p.list("")
		assert.Equal(t, numbersFrom(0, 249), numbers)
		p.get(path + "?top=100&skip=0").invalid("skip")
	})
}

func TestListFaults(t *testing.T) {
	t.Run("late listing", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			p := newPBX(t, exclusivetest.Options{ServerOptions: numberstest.ServerOptions{InMemory: true}})
			p.Inject(numberstest.Fault{Kind: numberstest.LateListing, Delay: 5 * time.Second, Numbers: []string{"+14155550101"}, Times: 2})
			p.create("+14155550100")
			late, gone := p.create("+14155550101"), p.create("+14155550101")
			p.create("+14155550102")
			_, numbers := p.list("")
			assert.Equal(t, []string{"+14155550100", "+14155550102"}, numbers)
			p.get(path+"/"+late).refused(404, "UNKNOWN")
			assert.Len(t, p.Rows(), 4, "it is there all the same")
			p.post(path+"/"+gone+"/destroy", "").is(204, "")

			time.Sleep(5*time.Second - time.Nanosecond)
			count, _ := p.list("")
			assert.Equal(t, 2, count)
			time.Sleep(time.Nanosecond)
			_, numbers = p.list("")
			assert.Equal(t, []string{"+14155550100", "+14155550101", "+14155550102"}, numbers)
			require.Equal(t, 200, p.get(path+"/"+late).status)
		})
	})
	t.Run("settle", func(t *testing.T) {
		p := newPBX(t)
		p.Inject(numberstest.Fault{Kind: numberstest.LateListing, Delay: time.Hour})
		p.create("101")
		count, _ := p.list("")
		require.Equal(t, 0, count)
		p.Settle()
		count, _ = p.list("")
		assert.Equal(t, 1, count)
	})
	t.Run("insert while listing", func(t *testing.T) {
		p := newPBX(t).with(4)
		p.Inject(numberstest.Fault{Kind: numberstest.InsertWhileListing})
		_, numbers := p.list("?top=2")
		assert.Equal(t, []string{"0", "1"}, numbers)
		count, numbers := p.list("?skip=2&top=2")
		assert.Equal(t, 5, count)
		assert.Equal(t, []string{"1", "2"}, numbers, "the new row moved all others")
		_, numbers = p.list("?skip=4&top=2")
		assert.Equal(t, []string{"3"}, numbers)
		assert.Empty(t, p.Books().Purchases)
	})
	t.Run("duplicate listing", func(t *testing.T) {
		p := newPBX(t).with(3)
		p.Inject(numberstest.Fault{Kind: numberstest.DuplicateListing})
		count, numbers := p.list("?top=2")
		assert.Equal(t, 3, count)
		assert.Equal(t, []string{"0", "1", "1"}, numbers)
		_, numbers = p.list("")
		assert.Equal(t, []string{"0", "1", "2"}, numbers)
	})
	t.Run("zero object", func(t *testing.T) {
		p := newPBX(t)
		p.Inject(numberstest.Fault{Kind: numberstest.ZeroObject, Numbers: []string{"102"}})
		assert.NotEmpty(t, p.create("101"))
		p.post(path, `{"number":"102"}`).is(200, `={"id":""}`)
		assert.Equal(t, 1, p.Books().Bought("102"))
		_, numbers := p.list("")
		assert.Equal(t, []string{"101", "102"}, numbers)
	})
}

func TestManyRows(t *testing.T) {
	const rows = 100_000
	p := newPBX(t).with(rows)
	walk := func(query string, step int) (seen map[string]bool) {
		seen = map[string]bool{}
		for skip := 0; skip < rows; skip += step {
			_, numbers := p.list(fmt.Sprint(query, "&skip=", skip))
			for _, n := range numbers {
				seen[n] = true
			}
		}
		return seen
	}
	assert.Len(t, walk("?top=100", 100), rows)
	sorted := "?top=100&orderby=" + url.QueryEscape("id desc") + "&filter=" + url.QueryEscape("enabled eq true")
	assert.Len(t, walk(sorted, 1000), rows/10)
	p.post(path+"/"+p.Rows()[rows/2].ID+"/destroy", "").is(204, "")
	_, numbers := p.list("?top=2&skip=" + fmt.Sprint(rows/2-1))
	assert.Equal(t, []string{fmt.Sprint(rows/2 - 1), fmt.Sprint(rows/2 + 1)}, numbers)
	assert.True(t, strings.HasPrefix(p.get(path).body, `{"count":99999,"items":[{"id":"`))
}
