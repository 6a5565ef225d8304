package voipbin

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/wire"
)

// UpdateNumberRequest replaces four fields of a number. All four are always
// sent, because the server clears a missing field. NoFlow clears a flow. A
// string that is not a UUID, and "", clear it at some servers and are refused
// by others.
type UpdateNumberRequest struct {
	CallFlowID    string `json:"call_flow_id"`
	MessageFlowID string `json:"message_flow_id"`
	// Name has at most 255 characters.
	Name string `json:"name"`
	// Detail has at most 65,535 bytes.
	Detail string `json:"detail"`
}

// ModifyNumberRequest changes fields of a number. A nil field stays as it is.
type ModifyNumberRequest struct {
	CallFlowID, MessageFlowID, Name, Detail *string
}

// UpdateFlowsRequest replaces both flows of a number. NoFlow clears a flow, as
// in [UpdateNumberRequest].
type UpdateFlowsRequest struct {
	CallFlowID    string `json:"call_flow_id"`
	MessageFlowID string `json:"message_flow_id"`
}

// UpdateMetadataRequest replaces the metadata of a number.
type UpdateMetadataRequest struct {
	RTPDebug bool `json:"rtp_debug"`
}

// RenewNumbersRequest renews the numbers that were last renewed before
// TMRenew.
type RenewNumbersRequest struct {
	// TMRenew is a time in UTC. [wire.NewTime] makes one in the server's form.
	TMRenew wire.Time `json:"tm_renew"`
}

// Update replaces the flows, the name and the detail of a number, always all of
// them. Use Modify to change some of them.
//
// PUT /v1.0/numbers/{id}, which returns the number (VoIPBin's OpenAPI
// description). Servers between February 2022 and July 2023 change only the
// name and the detail. A flow that does not exist or belongs to another customer
// is HTTP 500 without a cause; Modify names it.
func (s *NumbersService) Update(ctx context.Context, id string, r *UpdateNumberRequest) (*Number, error) {
	const op = "Numbers.Update"
	if r == nil {
		return nil, api.Invalid(vendor, op, "request", "it is nil")
	}
	if err := checkTexts(op, &r.Name, &r.Detail); err != nil {
		return nil, err
	}
	return s.put(ctx, op, "/v1.0/numbers/{id}", id, r)
}

// Modify reads a number and updates it with the fields of r. It is two
// requests, Get and Update, and one for each flow that the number then has,
// because the server refuses the whole update for a flow that does not exist or
// belongs to another customer. Such a flow is ErrInvalid, Error.Field names it,
// and nothing is updated. This is also true for a flow that the number already
// has: Create and UpdateFlows accept any. A flow that can't be read is sent, and
// the error of a failed update then names it.
//
// A change that is made between the requests is lost. If the server did not send
// a field that r does not set, Modify returns ErrVendor and updates nothing,
// because the update would clear that field. A flow in r that is not a UUID is
// ErrInvalid.
//
// The flows are read with GET /v1.0/flows/{id} (VoIPBin's OpenAPI description;
// what the update verifies: its published server of 2026).
func (s *NumbersService) Modify(ctx context.Context, id string, r *ModifyNumberRequest) (*Number, error) {
	if err := r.check(opModify); err != nil {
		return nil, err
	}
	n, err := s.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	whole, err := r.applied(n, id)
	if err != nil {
		return nil, err
	}
	unread, err := s.checkFlows(ctx, whole)
	if err != nil {
		return nil, err
	}
	n, err = s.Update(ctx, id, whole)
	if e, ok := errors.AsType[*numbers.Error](err); ok && e.Code == ReasonInternal && len(unread) > 0 {
		out := *e
		out.Field = unread[0]
		out.Message = "the server also says this of a flow that does not exist or belongs to another customer; " +
			strings.Join(unread, " and ") + " could not be read"
		return nil, &out
	}
	return n, err
}

const opModify = "Numbers.Modify"

// check refuses what could not be sent, or would clear a flow by mistake.
func (r *ModifyNumberRequest) check(op string) error {
	if r == nil {
		return api.Invalid(vendor, op, "request", "it is nil")
	}
	for _, flow := range []struct {
		field string
		id    *string
	}{{"CallFlowID", r.CallFlowID}, {"MessageFlowID", r.MessageFlowID}} {
		if flow.id != nil && *flow.id != "" && uuidOf(*flow.id) == "" {
			return api.Invalid(vendor, op, flow.field, "it is not a UUID, and the server would clear the flow; NoFlow clears it")
		}
	}
	return checkTexts(op, r.Name, r.Detail)
}

// applied returns the whole update that makes the changes of r to a number, which
// was read by an id.
func (r *ModifyNumberRequest) applied(n *Number, id string) (*UpdateNumberRequest, error) {
	if uuidOf(n.ID) != uuidOf(id) {
		return nil, &numbers.Error{
			Op: opModify, Vendor: vendor, Kind: numbers.ErrVendor,
			Message: "the server sent another number than the requested one; nothing was updated",
		}
	}
	whole := new(UpdateNumberRequest)
	for _, field := range []struct {
		name          string
		to            *string
		change, stays *string
	}{
		{"call_flow_id", &whole.CallFlowID, r.CallFlowID, n.CallFlowID},
		{"message_flow_id", &whole.MessageFlowID, r.MessageFlowID, n.MessageFlowID},
		{"name", &whole.Name, r.Name, n.Name},
		{"detail", &whole.Detail, r.Detail, n.Detail},
	} {
		switch {
		case field.change != nil:
			*field.to = *field.change
		case field.stays != nil:
			*field.to = *field.stays
		default:
			return nil, missingField(opModify, field.name)
		}
	}
	return whole, nil
}

// checkFlows reads the flows of an update. It returns an error if the server would
// refuse one, and the fields of those that it can't read.
func (s *NumbersService) checkFlows(ctx context.Context, r *UpdateNumberRequest) (unread []string, err error) {
	read := make(map[string]error, 2)
	for _, flow := range []struct{ field, id string }{{"call_flow_id", r.CallFlowID}, {"message_flow_id", r.MessageFlowID}} {
		id := uuidOf(flow.id)
		if id == "" || id == NoFlow {
			continue
		}
		cause, done := read[id]
		if !done {
			cause = s.api.Do(ctx, &api.Call{
				Op: opModify, Class: api.Read, Method: http.MethodGet, Path: "/v1.0/flows/{id}", Args: []string{id}, Once: true,
			})
			read[id] = cause
		}
		switch {
		case cause == nil:
		case errors.Is(cause, numbers.ErrNotFound), reasonOf(cause) == ReasonPermissionDenied:
			return nil, &numbers.Error{
				Op: opModify, Vendor: vendor, Kind: numbers.ErrInvalid, Field: flow.field,
				Message: "the flow " + id + " does not exist or belongs to another customer, and the server would refuse the whole update; nothing was updated",
			}
		default:
			unread = append(unread, flow.field)
		}
	}
	return unread, nil
}

// missingField is the error for a field that the update would clear, because the
// server did not send its value.
func missingField(op, field string) error {
	return &numbers.Error{
		Op: op, Vendor: vendor, Kind: numbers.ErrVendor, Field: field,
		Message: "the server did not send its value, and replacing the others would clear it",
	}
}

// UpdateFlows replaces both flows of a number.
//
// PUT /v1.0/numbers/{id}/flow_ids, which returns the number (VoIPBin's OpenAPI
// description; since March 2022).
func (s *NumbersService) UpdateFlows(ctx context.Context, id string, r *UpdateFlowsRequest) (*Number, error) {
	const op = "Numbers.UpdateFlows"
	if r == nil {
		return nil, api.Invalid(vendor, op, "request", "it is nil")
	}
	return s.put(ctx, op, "/v1.0/numbers/{id}/flow_ids", id, r)
}

// UpdateMetadata replaces the metadata of a number.
//
// PUT /v1.0/numbers/{id}/metadata, which returns the number (VoIPBin's OpenAPI
// description; since March 2026).
func (s *NumbersService) UpdateMetadata(ctx context.Context, id string, r *UpdateMetadataRequest) (*Number, error) {
	const op = "Numbers.UpdateMetadata"
	if r == nil {
		return nil, api.Invalid(vendor, op, "request", "it is nil")
	}
	return s.put(ctx, op, "/v1.0/numbers/{id}/metadata", id, r)
}

func (s *NumbersService) put(ctx context.Context, op, path, id string, body any) (*Number, error) {
	return get(ctx, s.api, &api.Call{
		Op: op, Class: api.Write, Method: http.MethodPut, Path: path, Args: []string{id}, Body: body,
	}, (*Number).check)
}

// Renew renews the numbers of all customers that were last renewed before
// r.TMRenew, about 100 or 1000 of them at a time, and returns those that it
// renewed. The numbers of customers who can't pay are released instead. Only
// VoIPBin's own administrators may call it. Others get ErrForbidden.
//
// POST /v1.0/numbers/renew, which returns a bare array. Some servers return
// null for an empty one (VoIPBin's published server; since June 2023). It
// charges the customers and is sent once. ErrOutcomeUnknown means that the
// numbers may have been renewed. The Attempt then names no numbers and can't be
// resolved. Read the numbers' TMRenew instead.
func (s *NumbersService) Renew(ctx context.Context, r *RenewNumbersRequest) ([]Number, error) {
	const op = opRenew
	if r == nil {
		return nil, api.Invalid(vendor, op, "request", "it is nil")
	}
	if _, known := r.TMRenew.Known(); !known {
		return nil, api.Invalid(vendor, op, "TMRenew", "it is not a time")
	}
	list, err := get(ctx, s.api, &api.Call{
		Op: op, Class: api.Buy, Method: http.MethodPost, Path: "/v1.0/numbers/renew", Body: r,
	}, func(list *[]Number) string {
		for i := range *list {
			if reason := (*list)[i].check(); reason != "" {
				return reason
			}
		}
		return ""
	})
	if err != nil {
		return nil, err
	}
	return *list, nil
}

const opRenew = "Numbers.Renew"

// open returns a body unchanged, except that null becomes an empty list for
// Renew: some servers return null if there is nothing to renew.
func open(a *api.Answer) (result []byte, refused bool) {
	if a.Call.Op == opRenew && string(bytes.TrimSpace(a.Body)) == "null" {
		return []byte("[]"), false
	}
	return a.Body, false
}
