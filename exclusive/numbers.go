package exclusive

import (
	"context"
	"errors"
	"iter"
	"mime"
	"net/http"
	"time"
	"unicode/utf8"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/wire"
)

// The limits that PortSIP documents, in characters.
const (
	MaxNumber      = 64
	MaxDescription = 1024
)

// Number is an exclusive number.
type Number struct {
	// ID is opaque: "NzAwNTUxOTA5NzczMTQ4MTYw" in one example, and plain digits
	// in another.
	ID string `json:"id"`
	// Number is any text of 1 to 64 characters. PortSIP documents no form. The
	// PBX compares it with the number of a caller.
	Number string `json:"number"`
	// CreatedAt is in RFC 3339. A PBX may also send "" or null.
	CreatedAt wire.Time `json:"created_at,omitzero"`
	// Enabled is nil if the PBX does not send it.
	Enabled *bool `json:"enabled,omitempty"`
	// Description has at most 1,024 characters. nil and "" are both blank, and nil is
	// written as null, as a PBX does.
	Description *string `json:"description"`
}

// CreatedNumber is the answer to a registration. It has only the id.
type CreatedNumber struct {
	ID string `json:"id"`
}

// CreateNumberRequest registers a number.
type CreateNumberRequest struct {
	// Number has 1 to 64 characters. PortSIP's documentation calls it optional,
	// but it is required here.
	Number string `json:"number"`
	// Enabled is true at the PBX if it is nil.
	Enabled *bool `json:"enabled,omitempty"`
	// Description has at most 1,024 characters.
	Description *string `json:"description,omitempty"`
}

// ListNumbersRequest selects a part of the numbers. PortSIP documents these parameters
// for its other lists and for lists in general, but not for this list. A PBX may ignore
// them.
type ListNumbersRequest struct {
	// Filter is an OData expression with eq, ne, gt, ge, lt, le, and, or,
	// startswith, endswith, contains: "enabled eq true".
	Filter string `url:"filter,omitempty"`
	Search string `url:"search,omitempty"`
	// OrderBy is the order of the numbers: "number asc, created_at desc".
	OrderBy string `url:"orderby,omitempty"`
	// Skip is how many numbers to leave out at the beginning.
	Skip int `url:"skip,omitempty"`
	// Top is 1 to 100; 0 = not sent, which means 100.
	Top int `url:"top,omitempty"`
}

// UpdateNumberRequest changes a number. At least one field must be set.
type UpdateNumberRequest struct {
	// Number has 1 to 64 characters.
	Number *string `json:"number,omitempty"`
	// Enabled may become its default, true, if it is nil.
	Enabled *bool `json:"enabled,omitempty"`
	// Description has at most 1,024 characters. "" clears it.
	Description *string `json:"description,omitempty"`
}

func (r *CreateNumberRequest) check(op string) error {
	if r == nil {
		return api.Invalid(vendor, op, "request", "it is nil")
	}
	return checkFields(op, &r.Number, r.Description)
}

func (r *UpdateNumberRequest) check(op string) error {
	switch {
	case r == nil:
		return api.Invalid(vendor, op, "request", "it is nil")
	case *r == UpdateNumberRequest{}:
		return api.Invalid(vendor, op, "request", "it sets no field")
	}
	return checkFields(op, r.Number, r.Description)
}

func checkFields(op string, number, description *string) error {
	if number != nil {
		if n := utf8.RuneCountInString(*number); n < 1 || n > MaxNumber {
			return api.Invalid(vendor, op, "Number", "it must have 1 to 64 characters")
		}
	}
	if description != nil && utf8.RuneCountInString(*description) > MaxDescription {
		return api.Invalid(vendor, op, "Description", "it must have at most 1,024 characters")
	}
	return nil
}

func (n *Number) check() string { return checkID(n.ID) }

func (c *CreatedNumber) check() string { return checkID(c.ID) }

// checkID returns why an object without an id is unusable, or "".
func checkID(id string) string {
	if id == "" {
		return "the number has no id"
	}
	return ""
}

// NumbersService registers exclusive numbers. Its facts come from PortSIP's
// REST API reference and its OpenAPI description, versions 22.0 to 22.2.
// According to the release notes, the paths and fields are the same from 16.1
// to 22.6. Since 22.3 the user needs the permission [FullAccess]. Without it,
// calls return ErrForbidden.
type NumbersService struct{ api *api.Client }

const (
	numbersPath = "/exclusive_numbers"
	numberPath  = numbersPath + "/{id}"
)

// exportID is the last element of the path of the export.
const exportID = "export"

// checkPathID refuses an id that is the path of another operation.
func checkPathID(op, id string) error {
	if id == exportID {
		return api.Invalid(vendor, op, "id", `"export" is the path of the export, and not an id`)
	}
	return nil
}

// Create registers a number and returns its id.
//
// POST /exclusive_numbers, which returns 200. It is sent once, because a second
// request could make a second row: PortSIP does not document whether a number
// may be registered twice. ErrOutcomeUnknown means that the number may be
// registered. Look for it with All before you register it again.
func (s *NumbersService) Create(ctx context.Context, r *CreateNumberRequest) (*CreatedNumber, error) {
	return s.create(ctx, opCreate, r, nil)
}

const opCreate = "Numbers.Create"

// create is Create. begin is called immediately before the registration is
// sent, and may be nil.
func (s *NumbersService) create(ctx context.Context, op string, r *CreateNumberRequest, begin func(context.Context) (time.Time, error)) (*CreatedNumber, error) {
	if err := r.check(op); err != nil {
		return nil, err
	}
	return get(ctx, s.api, &api.Call{
		Op: op, Class: api.Buy, Method: http.MethodPost, Path: numbersPath, Body: r, Begin: begin,
		Numbers: []numbers.E164{numbers.E164(r.Number)},
	}, (*CreatedNumber).check)
}

// List reads one page of numbers. r may be nil. List sends only the parameters that r
// sets.
//
// GET /exclusive_numbers. PortSIP does not document the order of the list.
func (s *NumbersService) List(ctx context.Context, r *ListNumbersRequest) (*Page[Number], error) {
	const op = "Numbers.List"
	if r == nil {
		r = &ListNumbersRequest{}
	}
	if err := (window{r.Top, r.Skip}).check(op); err != nil {
		return nil, err
	}
	return list(ctx, s.api, &api.Call{
		Op: op, Class: api.Read, Method: http.MethodGet, Path: numbersPath, Query: r,
	}, r.Top, (*Number).check)
}

// All yields the numbers of all pages, from r.Skip on. r may be nil. Each number is
// yielded once, also if others are added during the walk.
//
// The first request has no skip and no top unless r sets them, because a PBX that does
// not support them then returns all numbers at once. The further requests have skip, and
// top, which is 100 unless r sets it. The count may be only the count of the page. So if
// it does not announce more numbers, All sends one more request, which starts at the last
// number. If only that number is returned, it was the last.
//
// The sequence ends with ErrIncomplete if it may be incomplete: the PBX ignores or
// refuses skip, numbers are destroyed during the walk, or the PBX counts more numbers
// than it lists, or lists far more than it counted at first.
func (s *NumbersService) All(ctx context.Context, r *ListNumbersRequest, opts ...numbers.PageOption) iter.Seq2[*Number, error] {
	var from ListNumbersRequest
	if r != nil {
		from = *r
	}
	return all(ctx, "Numbers.All", window{from.Top, from.Skip}, func(ctx context.Context, at window) (*Page[Number], error) {
		r := from
		r.Top, r.Skip = at.top, at.skip
		return s.List(ctx, &r)
	}, (*Number).key, opts)
}

func (n *Number) key() string { return n.ID }

// Get reads a number.
//
// GET /exclusive_numbers/{id}. An unknown id is ErrNotFound. The id "export" is
// ErrInvalid, because its path is that of the export. A number with another id
// in the answer is ErrVendor.
func (s *NumbersService) Get(ctx context.Context, id string) (*Number, error) {
	return s.get(ctx, "Numbers.Get", id)
}

func (s *NumbersService) get(ctx context.Context, op, id string) (*Number, error) {
	if err := checkPathID(op, id); err != nil {
		return nil, err
	}
	return get(ctx, s.api, &api.Call{
		Op: op, Class: api.Read, Method: http.MethodGet, Path: numberPath, Args: []string{id},
		Strict: op == opModify, // Modify writes back the fields that it read
	}, func(n *Number) string {
		if reason := n.check(); reason != "" || n.ID == id {
			return reason
		}
		return "it is another number than the requested one"
	})
}

const opModify = "Numbers.Modify"

// Update changes the fields of a number that r sets. It sends no other fields.
//
// POST /exclusive_numbers/{id}, which returns 200 and no content. PortSIP does
// not document what happens to a field that is not sent: its texts say "Update
// properties" and give enabled the default true. A PBX may therefore enable a
// disabled number. Modify prevents that.
func (s *NumbersService) Update(ctx context.Context, id string, r *UpdateNumberRequest) error {
	return s.update(ctx, "Numbers.Update", id, r)
}

func (s *NumbersService) update(ctx context.Context, op, id string, r *UpdateNumberRequest) error {
	if err := checkPathID(op, id); err != nil {
		return err
	}
	if err := r.check(op); err != nil {
		return err
	}
	return s.api.Do(ctx, &api.Call{
		Op: op, Class: api.Write, Method: http.MethodPost, Path: numberPath, Args: []string{id}, Body: r,
	})
}

// Delete destroys a number's row. Calls from it are then routed like any other.
//
// POST /exclusive_numbers/{id}/destroy, which returns 204. A second Delete is
// ErrNotFound. The first may be too, if its answer was lost and the request was
// repeated.
func (s *NumbersService) Delete(ctx context.Context, id string) error {
	const op = "Numbers.Delete"
	if err := checkPathID(op, id); err != nil {
		return err
	}
	return s.api.Do(ctx, &api.Call{
		Op: op, Class: api.Write, Method: http.MethodPost, Path: numberPath + "/destroy", Args: []string{id},
	})
}

// Export downloads all numbers as a file. Close its Body. PortSIP does not
// document the content (and wrongly calls it a file of number blacklists).
//
// GET /exclusive_numbers/export, which returns application/octet-stream and a file name.
// If the answer is the web page of a portal or a proxy, the error is ErrVendor.
func (s *NumbersService) Export(ctx context.Context) (*numbers.Download, error) {
	const op = "Numbers.Export"
	file, err := s.api.Download(ctx, &api.Call{
		Op: op, Class: api.Read, Method: http.MethodGet, Path: numbersPath + "/" + exportID, Accept: "*/*",
	})
	if err != nil {
		return nil, err
	}
	if kind, _, _ := mime.ParseMediaType(file.ContentType); kind == "text/html" {
		_ = file.Body.Close()
		return nil, &numbers.Error{Op: op, Vendor: vendor, Kind: numbers.ErrVendor, Status: http.StatusOK, Message: webPage}
	}
	return file, nil
}

// CreateAndGet registers a number and reads it back: Create, then Get.
//
// If the reading fails, the number exists. CreateAndGet then returns the number as it was
// requested, with its id, together with an error that has a *[ReadBackError]. This error
// matches no kind after which a caller might try again.
func (s *NumbersService) CreateAndGet(ctx context.Context, r *CreateNumberRequest) (*Number, error) {
	const op = "Numbers.CreateAndGet"
	created, err := s.create(ctx, op, r, nil)
	if err != nil {
		return nil, err
	}
	read, err := s.get(ctx, op, created.ID)
	if err == nil {
		return read, nil
	}
	e := &numbers.Error{
		Op: op, Vendor: vendor, Kind: numbers.ErrVendor, Numbers: []numbers.E164{numbers.E164(r.Number)},
		Err: &ReadBackError{ID: created.ID, Err: err},
	}
	return numberOf(created.ID, r), e
}

// numberOf returns the number that a request made, as far as it is known without a
// reading.
func numberOf(id string, r *CreateNumberRequest) *Number {
	return &Number{ID: id, Number: r.Number, Enabled: r.Enabled, Description: r.Description}
}

// ReadBackError means that a number was registered but could not be read.
type ReadBackError struct {
	// ID is the id of the new number.
	ID string
	// Err is the error of the reading. Unwrap does not return it, because a caller that
	// tries again after ErrUnreachable must not register twice.
	Err error
}

// Error returns the id of the number, and why it could not be read.
func (e *ReadBackError) Error() string {
	return "the number is registered with id " + e.ID + ", but could not be read: " + e.Err.Error()
}

// Is reports whether the reading failed because a context ended. It matches no other
// cause.
func (e *ReadBackError) Is(target error) bool {
	return (target == context.Canceled || target == context.DeadlineExceeded) && errors.Is(e.Err, target)
}

// Modify changes the fields of a number that r sets and keeps the others. It reads the
// number, and then sends all three fields. It returns the number as it should then be,
// without reading it again. It overwrites changes that are made between the two requests.
//
// If the PBX sends a number with another id, or does not send enabled and r does not
// set it, the error is ErrVendor, and nothing is changed. The same is true if a member
// of the number has another JSON type than documented, because Modify would write an
// empty value.
func (s *NumbersService) Modify(ctx context.Context, id string, r *UpdateNumberRequest) (*Number, error) {
	const op = opModify
	if err := r.check(op); err != nil {
		return nil, err
	}
	n, err := s.get(ctx, op, id)
	if err != nil {
		return nil, err
	}
	if r.Number != nil {
		n.Number = *r.Number
	}
	if r.Enabled != nil {
		n.Enabled = new(*r.Enabled)
	}
	if r.Description != nil {
		n.Description = new(*r.Description)
	}
	if n.Number == "" {
		return nil, &numbers.Error{Op: op, Vendor: vendor, Kind: numbers.ErrVendor, Message: "nothing was changed: the PBX did not send the number; set Number"}
	}
	if n.Enabled == nil {
		return nil, &numbers.Error{
			Op: op, Vendor: vendor, Kind: numbers.ErrVendor,
			Message: "nothing was changed: the PBX did not send whether the number is enabled; set Enabled",
		}
	}
	err = s.update(ctx, op, id, &UpdateNumberRequest{Number: &n.Number, Enabled: n.Enabled, Description: n.Description})
	if err != nil {
		return nil, err
	}
	return n, nil
}
