package telnyx

import (
	"context"
	"iter"
	"net/http"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/wire"
)

// PhoneNumberJobsService changes and releases many owned numbers at once, in the
// background. A job is pending at first: read it again with Get until its Status is
// JobCompleted, JobFailed or JobExpired.
type PhoneNumberJobsService struct{ api *api.Client }

// MaxJobNumbers is how many numbers one job takes.
const MaxJobNumbers = 1000

// PhoneNumberJobID identifies a [PhoneNumberJob]. It is a UUID.
type PhoneNumberJobID string

// The states of a job.
const (
	JobPending    = "pending"
	JobInProgress = "in_progress"
	JobCompleted  = "completed"
	JobFailed     = "failed"
	JobExpired    = "expired"
)

// The types of a job.
const (
	JobUpdateEmergencySettings = "update_emergency_settings"
	JobDeletePhoneNumbers      = "delete_phone_numbers"
	JobUpdatePhoneNumbers      = "update_phone_numbers"
)

// PhoneNumberJob is a job. A completed job may have failed for some of its numbers:
// check FailedOperations.
type PhoneNumberJob struct {
	CreatedAt wire.Time `json:"created_at,omitzero"`
	// ETC is when Telnyx expects the job to be completed.
	ETC               wire.Time         `json:"etc,omitzero"`
	FailedOperations  []FailedOperation `json:"failed_operations,omitzero"`
	ID                PhoneNumberJobID  `json:"id"`
	PendingOperations []JobNumber       `json:"pending_operations,omitzero"`
	PhoneNumbers      []JobNumber       `json:"phone_numbers,omitzero"`
	// RecordType is "phone_numbers_job".
	RecordType *string `json:"record_type,omitempty"`
	// Status is JobPending, JobInProgress, JobCompleted, JobFailed or JobExpired.
	Status               *string     `json:"status,omitempty"`
	SuccessfulOperations []JobNumber `json:"successful_operations,omitzero"`
	// Type is JobUpdateEmergencySettings, JobDeletePhoneNumbers or
	// JobUpdatePhoneNumbers.
	Type      *string   `json:"type,omitempty"`
	UpdatedAt wire.Time `json:"updated_at,omitzero"`
}

// JobNumber is a number of a job.
type JobNumber struct {
	ID *PhoneNumberID `json:"id,omitempty"`
	// PhoneNumber is in E.164.
	PhoneNumber *string `json:"phone_number,omitempty"`
}

// FailedOperation is a number for which a job failed, and why.
type FailedOperation struct {
	Errors []ErrorItem    `json:"errors,omitzero"`
	ID     *PhoneNumberID `json:"id,omitempty"`
	// PhoneNumber is in E.164.
	PhoneNumber *string `json:"phone_number,omitempty"`
}

// UpdatePhoneNumbersRequest changes many numbers: those of PhoneNumbers, or those that
// match Filter. A nil field stays as it is. At least one must be set.
type UpdatePhoneNumbersRequest struct {
	// Filter selects at most 1000 of the account's numbers. All that match it are
	// changed.
	Filter            JobFilter `url:"filter" json:"-"`
	BillingGroupID    *string   `url:"-" json:"billing_group_id,omitempty"`
	ConnectionID      *string   `url:"-" json:"connection_id,omitempty"`
	CustomerReference *string   `url:"-" json:"customer_reference,omitempty"`
	// DeletionLockEnabled protects the numbers against being deleted.
	DeletionLockEnabled *bool `url:"-" json:"deletion_lock_enabled,omitempty"`
	// ExternalPIN protects the numbers from being ported out. It is sent, but no print
	// and no encoding of this struct shows it.
	ExternalPIN    wire.Secret `url:"-" json:"external_pin,omitzero"`
	HDVoiceEnabled *bool       `url:"-" json:"hd_voice_enabled,omitempty"`
	// PhoneNumbers are ids, or numbers in E.164: up to 1000.
	PhoneNumbers []string                    `url:"-" json:"phone_numbers"`
	Tags         []string                    `url:"-" json:"tags,omitzero"`
	Voice        *UpdateVoiceSettingsRequest `url:"-" json:"voice,omitempty"`
}

// JobFilter selects owned numbers for a job.
type JobFilter struct {
	// BillingGroupID is "null" for numbers without one.
	BillingGroupID    string `url:"billing_group_id,omitempty"`
	ConnectionID      string `url:"connection_id,omitempty"`
	CustomerReference string `url:"customer_reference,omitempty"`
	// EmergencyAddressID is "null" for numbers without one.
	EmergencyAddressID string `url:"emergency_address_id,omitempty"`
	// HasBundle is "true" or "false".
	HasBundle string `url:"has_bundle,omitempty"`
	// PhoneNumber is a part of the number: at least 3 digits, without the +.
	PhoneNumber string `url:"phone_number,omitempty"`
	// Status is as in PhoneNumbersFilter.
	Status string `url:"status,omitempty"`
	Tag    string `url:"tag,omitempty"`
	// ConnectionName finds a connection by its name. It has at least 3 characters.
	ConnectionName TextFilter `url:"voice.connection_name"`
	// UsagePaymentMethod is pay-per-minute or channel.
	UsagePaymentMethod string `url:"voice.usage_payment_method,omitempty"`
}

// DeletePhoneNumbersRequest names the numbers to release.
type DeletePhoneNumbersRequest struct {
	// PhoneNumbers are ids, or numbers in E.164: 1 to 1000.
	PhoneNumbers []string `json:"phone_numbers"`
}

// UpdateEmergencySettingsRequest turns the emergency service of numbers on or off.
type UpdateEmergencySettingsRequest struct {
	// EmergencyAddressID is required if EmergencyEnabled is true. Otherwise it must be
	// absent or null.
	EmergencyAddressID wire.Null[AddressID] `json:"emergency_address_id,omitzero"`
	EmergencyEnabled   bool                 `json:"emergency_enabled"`
	// PhoneNumbers are ids, or numbers in E.164: 1 to 1000.
	PhoneNumbers []string `json:"phone_numbers"`
}

// ListPhoneNumberJobsRequest asks for one page of jobs.
type ListPhoneNumberJobsRequest struct {
	Page PageParams `url:"page"`
	// Sort is created_at; "" means the newest first.
	Sort   string                `url:"sort,omitempty"`
	Filter PhoneNumberJobsFilter `url:"filter"`
}

// PhoneNumberJobsFilter narrows a list of jobs.
type PhoneNumberJobsFilter struct {
	// Type is JobUpdateEmergencySettings, JobDeletePhoneNumbers or
	// JobUpdatePhoneNumbers.
	Type string `url:"type,omitempty"`
}

// List reads one page of jobs. r may be nil.
//
// GET /phone_numbers/jobs with page[number] (from 1), page[size] (1 to 250, default
// 20), sort and filter[type].
func (s *PhoneNumberJobsService) List(ctx context.Context, r *ListPhoneNumberJobsRequest) (*Page[PhoneNumberJob], error) {
	const op = "PhoneNumberJobs.List"
	r = orZero(r)
	if err := r.Page.check(op); err != nil {
		return nil, err
	}
	return list(ctx, s.api, &api.Call{
		Op: op, Class: api.Read, Method: http.MethodGet, Path: "/phone_numbers/jobs", Query: r,
	}, r.Page.Size, (*PhoneNumberJob).check)
}

// All walks the jobs of all pages from r.Page on. r may be nil. It works as
// NumberOrders.All does.
func (s *PhoneNumberJobsService) All(ctx context.Context, r *ListPhoneNumberJobsRequest, opts ...numbers.PageOption) iter.Seq2[*PhoneNumberJob, error] {
	from := *orZero(r)
	from.Page.enlarge()
	return all(ctx, "PhoneNumberJobs.All", from.Page, func(ctx context.Context, at PageParams) (*Page[PhoneNumberJob], error) {
		r := from
		r.Page = at
		return s.List(ctx, &r)
	}, func(j *PhoneNumberJob) string { return string(j.ID) }, opts)
}

// Get reads a job.
//
// GET /phone_numbers/jobs/{id}.
func (s *PhoneNumberJobsService) Get(ctx context.Context, id PhoneNumberJobID) (*PhoneNumberJob, error) {
	return get(ctx, s.api, &api.Call{
		Op: "PhoneNumberJobs.Get", Class: api.Read, Method: http.MethodGet, Path: "/phone_numbers/jobs/{id}", Args: []string{string(id)},
	}, (*PhoneNumberJob).check)
}

// Update changes many numbers. A request that neither names numbers nor filters them is
// numbers.ErrInvalid, since Telnyx would change every number. So is one that changes
// nothing.
//
// POST /phone_numbers/jobs/update_phone_numbers with filter[…], which returns 202 and a
// pending job. It is sent once, because a repeat would make a second job.
func (s *PhoneNumberJobsService) Update(ctx context.Context, r *UpdatePhoneNumbersRequest) (*PhoneNumberJob, error) {
	const op = "PhoneNumberJobs.Update"
	if err := r.check(op); err != nil {
		return nil, err
	}
	body := struct {
		*UpdatePhoneNumbersRequest
		ExternalPIN  *string  `json:"external_pin,omitempty"` // revealed
		PhoneNumbers []string `json:"phone_numbers"`
	}{UpdatePhoneNumbersRequest: r, PhoneNumbers: append([]string{}, r.PhoneNumbers...)}
	if !r.ExternalPIN.IsZero() {
		body.ExternalPIN = new(r.ExternalPIN.Reveal())
	}
	c := *s.api
	c.Auth = api.WithSecret(s.api.Auth, r.ExternalPIN)
	return get(ctx, &c, &api.Call{
		Op: op, Class: api.Buy, Method: http.MethodPost, Path: "/phone_numbers/jobs/update_phone_numbers", Query: r, Body: body,
	}, (*PhoneNumberJob).check)
}

func (r *UpdatePhoneNumbersRequest) check(op string) error {
	if r == nil {
		return api.Invalid(vendor, op, "request", "it is nil")
	}
	switch {
	case r.Filter == JobFilter{} && len(r.PhoneNumbers) == 0:
		return api.Invalid(vendor, op, "PhoneNumbers", "neither they nor Filter select numbers: every number would be changed")
	case r.Filter != JobFilter{} && len(r.PhoneNumbers) > 0:
		return api.Invalid(vendor, op, "PhoneNumbers", "either they or Filter select numbers")
	case !r.changes():
		return api.Invalid(vendor, op, "request", "it changes nothing")
	}
	if err := checkOwnedFilter(op, r.Filter.Status, r.Filter.PhoneNumber, r.Filter.ConnectionName); err != nil {
		return err
	}
	return checkJobNumbers(op, r.PhoneNumbers)
}

// changes reports whether a field is set that changes a number.
func (r *UpdatePhoneNumbersRequest) changes() bool {
	return r.BillingGroupID != nil || r.ConnectionID != nil || r.CustomerReference != nil || r.DeletionLockEnabled != nil ||
		!r.ExternalPIN.IsZero() || r.HDVoiceEnabled != nil || r.Tags != nil || r.Voice != nil
}

// Delete releases many numbers for good.
//
// POST /phone_numbers/jobs/delete_phone_numbers, which returns 202 and a pending job.
// At most 20 jobs may be pending. It is sent once, because a repeat would make a second
// job.
func (s *PhoneNumberJobsService) Delete(ctx context.Context, r *DeletePhoneNumbersRequest) (*PhoneNumberJob, error) {
	const op = "PhoneNumberJobs.Delete"
	switch {
	case r == nil:
		return nil, api.Invalid(vendor, op, "request", "it is nil")
	case len(r.PhoneNumbers) == 0:
		return nil, api.Invalid(vendor, op, "PhoneNumbers", "it is empty")
	}
	if err := checkJobNumbers(op, r.PhoneNumbers); err != nil {
		return nil, err
	}
	return get(ctx, s.api, &api.Call{
		Op: op, Class: api.Buy, Method: http.MethodPost, Path: "/phone_numbers/jobs/delete_phone_numbers", Body: r,
	}, (*PhoneNumberJob).check)
}

// UpdateEmergencySettings turns the emergency service of many numbers on, which costs
// money, or off.
//
// POST /phone_numbers/jobs/update_emergency_settings, which returns 202 and a pending
// job. It is sent once.
func (s *PhoneNumberJobsService) UpdateEmergencySettings(ctx context.Context, r *UpdateEmergencySettingsRequest) (*PhoneNumberJob, error) {
	const op = "PhoneNumberJobs.UpdateEmergencySettings"
	if r == nil {
		return nil, api.Invalid(vendor, op, "request", "it is nil")
	}
	address, has := r.EmergencyAddressID.Get()
	switch {
	case len(r.PhoneNumbers) == 0:
		return nil, api.Invalid(vendor, op, "PhoneNumbers", "it is empty")
	case r.EmergencyEnabled && address == "":
		return nil, api.Invalid(vendor, op, "EmergencyAddressID", "it is required to enable the emergency service")
	case !r.EmergencyEnabled && has:
		return nil, api.Invalid(vendor, op, "EmergencyAddressID", "it must be absent or null to disable the emergency service")
	}
	if err := checkJobNumbers(op, r.PhoneNumbers); err != nil {
		return nil, err
	}
	return get(ctx, s.api, &api.Call{
		Op: op, Class: api.Buy, Method: http.MethodPost, Path: "/phone_numbers/jobs/update_emergency_settings", Body: r,
	}, (*PhoneNumberJob).check)
}

// checkJobNumbers refuses what no job takes.
func checkJobNumbers(op string, list []string) error {
	if len(list) > MaxJobNumbers {
		return api.Invalid(vendor, op, "PhoneNumbers", "it has more than 1000 numbers")
	}
	for _, n := range list {
		if n == "" {
			return api.Invalid(vendor, op, "PhoneNumbers", "one of them is empty")
		}
	}
	return nil
}

func (j *PhoneNumberJob) check() string { return checkID(j.ID) }
