package exclusive

import (
	"context"
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
	// ID is opaque: "NzAwNTUxOTA5NzczMTQ4MTYw" in one example, plain digits in
	// another.
	ID string `json:"id"`
	// Number is any text of 1 to 64 characters; PortSIP documents no form. It
	// is compared with what a caller's number looks like at the PBX.
	Number string `json:"number"`
	// CreatedAt is in RFC 3339; a PBX may also send "" or null.
	CreatedAt wire.Time `json:"created_at,omitzero"`
	// Enabled is nil where the PBX does not say.
	Enabled *bool `json:"enabled,omitempty"`
	// Description has at most 1,024 characters; nil and "" are both blank.
	Description *string `json:"description,omitempty"`
}

// NumberList is one page of numbers, exactly as sent.
type NumberList struct {
	// Count is the "total number of resource"; nil where the PBX does not say.
	Count *int64   `json:"count,omitempty"`
	Items []Number `json:"items,omitzero"`
}

// CreatedNumber is the answer to a registration: the id, and nothing else.
type CreatedNumber struct {
	ID string `json:"id"`
}

// CreateNumberRequest registers a number.
type CreateNumberRequest struct {
	// Number has 1 to 64 characters. PortSIP's documentation calls it optional;
	// without one there is nothing to register.
	Number string `json:"number"`
	// Enabled is true at the PBX where nil.
	Enabled *bool `json:"enabled,omitempty"`
	// Description has at most 1,024 characters.
	Description *string `json:"description,omitempty"`
}

// UpdateNumberRequest changes a number. At least one field is set.
type UpdateNumberRequest struct {
	// Number has 1 to 64 characters.
	Number *string `json:"number,omitempty"`
	// Enabled, where nil, may be taken for its default, true.
	Enabled *bool `json:"enabled,omitempty"`
	// Description has at most 1,024 characters; "" clears it.
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
		return api.Invalid(vendor, op, "request", "it sets nothing")
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

// NumbersService registers exclusive numbers. Its facts are from PortSIP's REST
// API reference and its OpenAPI description, versions 22.0 to 22.2; the paths
// and fields are the same from 16.1 to 22.6, by the release notes. The user
// needs the permission [FullAccess] since 22.3; ErrForbidden otherwise.
type NumbersService struct{ api *api.Client }

const (
	numbersPath = "/exclusive_numbers"
	numberPath  = numbersPath + "/{id}"
)

// exportID would be the path of the export.
const exportID = "export"

// checkPathID refuses an id that is the path of another operation.
func checkPathID(op, id string) error {
	if id == exportID {
		return api.Invalid(vendor, op, "id", `"export" is the path of the export, and can't be asked for as a number`)
	}
	return nil
}

// Create registers a number, and answers with its id.
//
// POST /exclusive_numbers, answered with 200. It is sent once, since a second
// one could make a second row: PortSIP does not say whether a number may be
// registered twice. ErrOutcomeUnknown means that it may be registered; look for
// the number by All before registering it again.
func (s *NumbersService) Create(ctx context.Context, r *CreateNumberRequest) (*CreatedNumber, error) {
	return s.create(ctx, opCreate, r, nil)
}

const opCreate = "Numbers.Create"

// create is Create with what is called immediately before the registration is
// sent.
func (s *NumbersService) create(ctx context.Context, op string, r *CreateNumberRequest, begin func(context.Context) (time.Time, error)) (*CreatedNumber, error) {
	if err := r.check(op); err != nil {
		return nil, err
	}
	return get(ctx, s.api, &api.Call{
		Op: op, Class: api.Buy, Method: http.MethodPost, Path: numbersPath, Body: r, Begin: begin,
		Numbers: []numbers.E164{numbers.E164(r.Number)},
	}, (*CreatedNumber).check)
}

// Get reads a number.
//
// GET /exclusive_numbers/{id}. An id that the PBX does not know is ErrNotFound;
// the id "export" is refused, since its path is that of the export.
func (s *NumbersService) Get(ctx context.Context, id string) (*Number, error) {
	return s.get(ctx, "Numbers.Get", id)
}

func (s *NumbersService) get(ctx context.Context, op, id string) (*Number, error) {
	if err := checkPathID(op, id); err != nil {
		return nil, err
	}
	return get(ctx, s.api, &api.Call{
		Op: op, Class: api.Read, Method: http.MethodGet, Path: numberPath, Args: []string{id},
	}, (*Number).check)
}

// Update changes the fields of a number that r sets, and sends no others.
//
// POST /exclusive_numbers/{id}, answered with 200 and no content. PortSIP's
// texts leave open what becomes of a field that is not sent: "Update properties"
// and a default for enabled, true. A PBX may so enable a number again that is
// disabled; Modify prevents that.
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
// POST /exclusive_numbers/{id}/destroy, answered with 204. A second one is
// ErrNotFound, and so may be the first, if its answer was lost and it was
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

// Export downloads all numbers as a file, which is handed over as it comes.
// Close it. PortSIP does not document what is in it (and calls it, wrongly, a
// file of number blacklists).
//
// GET /exclusive_numbers/export, answered with application/octet-stream and a
// file name. A web page in its place, of a portal or a proxy, is ErrVendor.
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
