package telnyxtest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tnkit/tnkit/numbers/numberstest"
)

// maxRange bounds a block here; Telnyx documents no bound.
const maxRange = 10_000

func blockRoutes() []route {
	return []route{
		{"GET", "/available_phone_number_blocks", "search blocks", false, []string{
			"filter[country_code]", "filter[locality]", "filter[national_destination_code]", "filter[phone_number_type]",
		}, (*call).searchBlocks},
		{"POST", "/number_block_orders", "create block order", true, nil, (*call).createBlockOrder},
		{"GET", "/number_block_orders", "list block orders", false, slices.Concat(pageKeys, []string{
			"filter[status]", "filter[created_at][gt]", "filter[created_at][lt]", "filter[phone_numbers.starting_number]",
		}), (*call).listBlockOrders},
		{"GET", "/number_block_orders/{id}", "get block order", false, nil, (*call).getBlockOrder},
	}
}

// Block is a block of numbers for sale: the first number, the values that all its numbers
// have, and their count.
type Block struct {
	numberstest.Offer
	Range int
}

// blockRow is a block of the stock.
type blockRow struct {
	offer
	Range int
}

// AddBlock adds blocks to the stock.
func (s *Server) AddBlock(blocks ...Block) {
	s.fake.Lock()
	defer s.fake.Unlock()
	s.addBlocks(blocks...)
}

func (s *Server) addBlocks(blocks ...Block) {
	for _, b := range blocks {
		s.blocks = append(s.blocks, blockRow{offer(b.Offer).withDefaults(), b.Range})
	}
}

// blockJSON is an AvailablePhoneNumberBlock.
type blockJSON struct {
	PhoneNumber       string       `json:"phone_number"`
	Range             int          `json:"range"`
	Features          []nameJSON   `json:"features"`
	RegionInformation []regionJSON `json:"region_information"`
	CostInformation   costJSON     `json:"cost_information"`
	RecordType        string       `json:"record_type"`
}

// searchBlocks is GET /available_phone_number_blocks.
func (c *call) searchBlocks() (any, *problem) {
	country, area, locality := c.is("filter[country_code]"), c.is("filter[national_destination_code]"), c.fold("filter[locality]")
	kind, byKind := c.enum("filter[phone_number_type]", searchTypes...)
	if c.wrong != nil {
		return nil, c.wrong
	}
	rows := []blockJSON{}
	for _, b := range c.blocks {
		numbers, _ := blockNumbers(b.Number, b.Range)
		free := !slices.ContainsFunc(numbers, func(n string) bool { return c.pending[n] != nil || c.owned[n] != nil || c.lost[n] })
		if !free || !country(b.Country) || !area(b.AreaCode) || !locality(b.Locality) || (byKind && b.Type != kind) {
			continue
		}
		for _, n := range numbers {
			c.searched[n] = true
		}
		rows = append(rows, blockJSON{
			b.Number, b.Range, b.names(), b.regions(), costJSON{b.UpfrontCost, b.MonthlyCost, b.Currency}, "available_phone_number_block",
		})
	}
	return struct {
		Data []blockJSON `json:"data"`
		Meta searchMeta  `json:"meta"`
	}{rows, searchMeta{TotalResults: len(rows)}}, nil
}

// blockNumbers counts the numbers of a block; they must have the same length.
func blockNumbers(first string, count int) ([]string, bool) {
	n, err := strconv.ParseInt(strings.TrimPrefix(first, "+"), 10, 64)
	if err != nil {
		return nil, false
	}
	out := make([]string, 0, count)
	for i := range count {
		number := fmt.Sprintf("+%d", n+int64(i))
		if len(number) != len(first) {
			return nil, false
		}
		out = append(out, number)
	}
	return out, true
}

// blockOrderJSON is a NumberBlockOrder.
type blockOrderJSON struct {
	ID                 string  `json:"id"`
	StartingNumber     string  `json:"starting_number"`
	Range              int     `json:"range"`
	RecordType         string  `json:"record_type"`
	ConnectionID       *string `json:"connection_id"`
	MessagingProfileID *string `json:"messaging_profile_id"`
	PhoneNumbersCount  int     `json:"phone_numbers_count"`
	Status             string  `json:"status"`
	CustomerReference  *string `json:"customer_reference"`
	CreatedAt          string  `json:"created_at"`
	UpdatedAt          string  `json:"updated_at"`
	RequirementsMet    bool    `json:"requirements_met"`
	Errors             string  `json:"errors"`
}

func (o *order) blockJSON() blockOrderJSON {
	return blockOrderJSON{
		o.id, o.lines[0].number, len(o.lines), "number_block_order", o.connection, o.messaging, len(o.lines), o.status(), o.reference,
		stamp(o.created), stamp(o.updated), o.met(), "",
	}
}

// createBlockOrderJSON is the body of POST /number_block_orders.
type createBlockOrderJSON struct {
	StartingNumber     string  `json:"starting_number"`
	Range              *int    `json:"range"`
	ConnectionID       *string `json:"connection_id"`
	MessagingProfileID *string `json:"messaging_profile_id"`
	CustomerReference  *string `json:"customer_reference"`
}

// createBlockOrder is POST /number_block_orders. Its numbers have sub number orders and order phone numbers
// like others; /number_orders does not show it.
func (c *call) createBlockOrder() (any, *problem) {
	var in createBlockOrderJSON
	if p := c.body(&in); p != nil {
		return nil, p
	}
	switch {
	case in.StartingNumber == "":
		return nil, invalid(codeMissing, "/starting_number", "starting_number is required.")
	case !e164.MatchString(in.StartingNumber):
		return nil, invalid(codeNotE164, "/starting_number", "The number [%s] must be in +E.164 format.", in.StartingNumber)
	case in.Range == nil:
		return nil, invalid(codeMissing, "/range", "range is required.")
	case *in.Range < 1 || *in.Range > maxRange:
		return nil, invalid(codeOutOfRange, "/range", "%d is not between 1 and %d.", *in.Range, maxRange)
	}
	numbers, ok := blockNumbers(in.StartingNumber, *in.Range)
	if !ok {
		return nil, invalid(codeOutOfRange, "/range", "There are not that many numbers.")
	}
	now := c.fake.Now()
	o := &order{
		connection: in.ConnectionID, messaging: in.MessagingProfileID, reference: in.CustomerReference,
		created: now, updated: now, visible: now.Add(c.opts.OrderVisibleAfter), block: true,
	}
	for _, number := range numbers {
		l, p := c.newLine(orderedJSON{PhoneNumber: &number}, "")
		if p != nil {
			return nil, p.at("/starting_number")
		}
		l.block = true
		o.lines = append(o.lines, l)
	}
	c.place(o)
	return data{o.blockJSON()}, nil
}

// listBlockOrders is GET /number_block_orders.
func (c *call) listBlockOrders() (any, *problem) {
	w := c.page()
	var f filter[*order]
	c.onlyShown(&f, true)
	f.text(c, "filter[status]", (*order).status)
	f.between(c, "filter[created_at]", func(o *order) time.Time { return o.created })
	f.text(c, "filter[phone_numbers.starting_number]", func(o *order) string { return o.lines[0].number })
	if c.wrong != nil {
		return nil, c.wrong
	}
	rows, m := take(c.orders, w, f)
	return listing{each(rows, (*order).blockJSON), m}, nil
}

// getBlockOrder is GET /number_block_orders/{number_block_order_id}.
func (c *call) getBlockOrder() (any, *problem) {
	o := c.orderID[c.r.PathValue("id")]
	if o == nil || !o.block || !o.shown(c.fake.Now()) {
		return nil, notFound()
	}
	return data{o.blockJSON()}, nil
}

// defaultBlocks are what a fake begins with.
func defaultBlocks() []Block {
	voice := []string{"voice", "fax"}
	return []Block{
		{numberstest.Offer{Number: "+13125550150", RateCenter: "CHICAGO", Region: "IL", Locality: "Chicago", Features: voice}, 10},
		{numberstest.Offer{Number: "+49305555200", AreaCode: "30", Locality: "Berlin", Features: voice}, 10},
	}
}
