package exclusive

import (
	"context"
	"net/http"
	"time"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/numbers"
)

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

func checkID(op, id string) error {
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
	}, func(c *CreatedNumber) string { return noID(&Number{ID: c.ID}) })
}

// Get reads a number.
//
// GET /exclusive_numbers/{id}. An id that the PBX does not know is ErrNotFound;
// the id "export" is refused, since its path is that of the export.
func (s *NumbersService) Get(ctx context.Context, id string) (*Number, error) {
	return s.get(ctx, "Numbers.Get", id)
}

func (s *NumbersService) get(ctx context.Context, op, id string) (*Number, error) {
	if err := checkID(op, id); err != nil {
		return nil, err
	}
	return get(ctx, s.api, &api.Call{
		Op: op, Class: api.Read, Method: http.MethodGet, Path: numberPath, Args: []string{id},
	}, noID)
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
	if err := checkID(op, id); err != nil {
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
	if err := checkID(op, id); err != nil {
		return err
	}
	return s.api.Do(ctx, &api.Call{
		Op: op, Class: api.Write, Method: http.MethodPost, Path: numberPath + "/destroy", Args: []string{id},
	})
}
