package telnyxtest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"time"
)

// Words of jobs.
const (
	jobPending    = "pending"
	jobInProgress = "in_progress"
	jobCompleted  = "completed"
	jobFailed     = "failed"

	jobUpdate    = "update_phone_numbers"
	jobDelete    = "delete_phone_numbers"
	jobEmergency = "update_emergency_settings"
)

const (
	mostJobNumbers = 1000
	mostJobs       = 20 // that are pending
)

// jobRoutes are the background jobs. They have a mux of their own, since their paths look like those of numbers.
func jobRoutes() []route {
	return []route{
		{"GET", "/phone_numbers/jobs", "list number jobs", false, slices.Concat(pageKeys, []string{"sort", "filter[type]"}), (*call).listJobs},
		{"GET", "/phone_numbers/jobs/{id}", "get number job", false, nil, (*call).getJob},
		{"POST", "/phone_numbers/jobs/" + jobUpdate, "update numbers", false, jobKeys, (*call).updateNumbers},
		{"POST", "/phone_numbers/jobs/" + jobDelete, "delete numbers", false, nil, (*call).deleteNumbers},
		{"POST", "/phone_numbers/jobs/" + jobEmergency, "update emergency settings", false, nil, (*call).updateEmergency},
	}
}

// jobKeys are the filters of the job that updates numbers.
var jobKeys = []string{
	"filter[billing_group_id]", "filter[connection_id]", "filter[customer_reference]", "filter[emergency_address_id]", "filter[has_bundle]",
	"filter[phone_number]", "filter[status]", "filter[tag]", "filter[voice.connection_name][contains]", "filter[voice.connection_name][starts_with]",
	"filter[voice.connection_name][ends_with]", "filter[voice.connection_name][eq]", "filter[voice.usage_payment_method]",
}

// job is a background job.
type job struct {
	id, kind, status     string
	names                []string // as they were given: ids or numbers
	failed               []failedJSON
	pending, done        []jobNumberJSON
	created, updated, at time.Time
}

// jobJSON is a PhoneNumbersJob.
type jobJSON struct {
	CreatedAt            string          `json:"created_at"`
	ETC                  string          `json:"etc"`
	FailedOperations     []failedJSON    `json:"failed_operations"`
	ID                   string          `json:"id"`
	PendingOperations    []jobNumberJSON `json:"pending_operations"`
	PhoneNumbers         []jobNumberJSON `json:"phone_numbers"`
	RecordType           string          `json:"record_type"`
	Status               string          `json:"status"`
	SuccessfulOperations []jobNumberJSON `json:"successful_operations"`
	Type                 string          `json:"type"`
	UpdatedAt            string          `json:"updated_at"`
}

type jobNumberJSON struct {
	ID          string `json:"id"`
	PhoneNumber string `json:"phone_number"`
}

type failedJSON struct {
	Errors      []apiError `json:"errors"`
	ID          string     `json:"id"`
	PhoneNumber string     `json:"phone_number"`
}

func (j *job) json() jobJSON {
	all := slices.Concat(j.done, j.pending)
	for _, f := range j.failed {
		all = append(all, jobNumberJSON{f.ID, f.PhoneNumber})
	}
	return jobJSON{
		stamp(j.created), stamp(j.at), append([]failedJSON{}, j.failed...), j.id, append([]jobNumberJSON{}, j.pending...), all, "phone_numbers_job",
		j.status, append([]jobNumberJSON{}, j.done...), j.kind, stamp(j.updated),
	}
}

// named finds the number that a job names by its id or in E.164.
func (s *Server) named(name string) (*phoneNumber, jobNumberJSON) {
	n := s.numberID[name]
	if n == nil {
		n = s.owned[name]
	}
	switch {
	case n != nil && n.shown(s.fake.Now()):
		return n, jobNumberJSON{n.id, n.number}
	case e164.MatchString(name):
		return nil, jobNumberJSON{PhoneNumber: name}
	}
	return nil, jobNumberJSON{ID: name}
}

// startJob makes a job that does something with each of its numbers. It is pending in the answer, in progress after half
// of Options.JobAfter, and completed after all of it: failed if it did nothing.
func (c *call) startJob(kind string, names []string, do func(*phoneNumber) *problem) (any, *problem) {
	open := 0
	for _, j := range c.jobs {
		if j.status == jobPending || j.status == jobInProgress {
			open++
		}
	}
	switch {
	case len(names) == 0:
		return nil, invalid(codeMissing, "/phone_numbers", "phone_numbers is required.")
	case len(names) > mostJobNumbers:
		return nil, invalid(codeOutOfRange, "/phone_numbers", "At most one thousand numbers can be updated per API call.")
	case open >= mostJobs:
		return nil, refuse(http.StatusUnprocessableEntity, codeUnprocessable, "There are %d pending jobs.", open)
	}
	now := c.fake.Now()
	j := &job{id: c.fake.IDs().UUID(), kind: kind, status: jobPending, names: names, created: now, updated: now, at: now.Add(c.opts.JobAfter)}
	for _, name := range names {
		_, row := c.named(name)
		j.pending = append(j.pending, row)
	}
	c.jobs, c.jobID[j.id] = append(c.jobs, j), j
	s := c.Server
	c.fake.After(c.opts.JobAfter/2, func() { j.status, j.updated = jobInProgress, s.fake.Now() })
	c.fake.After(c.opts.JobAfter, func() { s.finish(j, do) })
	return reply{status: http.StatusAccepted, body: data{j.json()}}, nil
}

// finish does what a job is for.
func (s *Server) finish(j *job, do func(*phoneNumber) *problem) {
	j.pending, j.updated, j.status = nil, s.fake.Now(), jobCompleted
	for _, name := range j.names {
		n, row := s.named(name)
		p := notFound()
		if n != nil {
			p = do(n)
		}
		if p != nil {
			j.failed = append(j.failed, failedJSON{p.Errors, row.ID, row.PhoneNumber})
			continue
		}
		j.done = append(j.done, row)
	}
	if len(j.done) == 0 {
		j.status = jobFailed
	}
}

// listJobs is GET /phone_numbers/jobs.
func (c *call) listJobs() (any, *problem) {
	w := c.page()
	var f filter[*job]
	f.word(c, "filter[type]", []string{jobEmergency, jobDelete, jobUpdate}, func(j *job) string { return j.kind })
	by, _ := c.text("sort")
	rows := inOrder(c, c.jobs, []string{by}, map[string]func(a, b *job) int{
		"created_at": func(a, b *job) int { return a.created.Compare(b.created) },
	})
	if c.wrong != nil {
		return nil, c.wrong
	}
	page, m := take(rows, w, f)
	return listing{each(page, (*job).json), m}, nil
}

// getJob is GET /phone_numbers/jobs/{id}.
func (c *call) getJob() (any, *problem) {
	j := c.jobID[c.r.PathValue("id")]
	if j == nil {
		return nil, notFound()
	}
	return data{j.json()}, nil
}

// deleteNumbers is POST /phone_numbers/jobs/delete_phone_numbers.
func (c *call) deleteNumbers() (any, *problem) {
	var in struct {
		PhoneNumbers []string `json:"phone_numbers"`
	}
	if p := c.body(&in); p != nil {
		return nil, p
	}
	return c.startJob(jobDelete, in.PhoneNumbers, c.release)
}

// updateEmergency is POST /phone_numbers/jobs/update_emergency_settings.
func (c *call) updateEmergency() (any, *problem) {
	var in struct {
		EmergencyAddressID *string  `json:"emergency_address_id" null:"allowed"`
		EmergencyEnabled   *bool    `json:"emergency_enabled"`
		PhoneNumbers       []string `json:"phone_numbers"`
	}
	if p := c.body(&in); p != nil {
		return nil, p
	}
	const at = "/emergency_address_id"
	switch {
	case in.EmergencyEnabled == nil:
		return nil, invalid(codeMissing, "/emergency_enabled", "emergency_enabled is required.")
	case !*in.EmergencyEnabled && in.EmergencyAddressID != nil:
		return nil, invalid(codeBadRequest, at, "emergency_address_id must be null or omitted if emergency_enabled is false.")
	case *in.EmergencyEnabled && in.EmergencyAddressID == nil:
		return nil, invalid(codeMissing, at, "emergency_address_id is required if emergency_enabled is true.")
	}
	if in.EmergencyAddressID != nil {
		a := c.addressID[*in.EmergencyAddressID]
		switch {
		case a == nil:
			return nil, invalid(codeAssociation, at, "The address [%s] does not exist.", *in.EmergencyAddressID)
		case len(a.place().faults()) > 0:
			return nil, invalid(codeUnprocessable, at, "The address [%s] can't be used for emergency services.", a.ID)
		}
	}
	s := c.Server
	return c.startJob(jobEmergency, in.PhoneNumbers, func(n *phoneNumber) *problem {
		n.emergencyAddress = in.EmergencyAddressID
		s.changed(n)
		return nil
	})
}

// updateNumbersJSON is the body of POST /phone_numbers/jobs/update_phone_numbers.
type updateNumbersJSON struct {
	BillingGroupID      *string        `json:"billing_group_id"`
	ConnectionID        *string        `json:"connection_id"`
	CustomerReference   *string        `json:"customer_reference"`
	DeletionLockEnabled *bool          `json:"deletion_lock_enabled"`
	ExternalPIN         *string        `json:"external_pin"`
	HDVoiceEnabled      *bool          `json:"hd_voice_enabled"`
	PhoneNumbers        *[]string      `json:"phone_numbers"`
	Tags                *[]string      `json:"tags"`
	Voice               *voiceSettings `json:"voice"`
}

// updateNumbers is POST /phone_numbers/jobs/update_phone_numbers. It takes numbers, or filters: all numbers that match
// are then changed, a thousand at a time.
func (c *call) updateNumbers() (any, *problem) {
	text, _ := io.ReadAll(c.r.Body)
	c.r.Body = io.NopCloser(bytes.NewReader(text))
	in := updateNumbersJSON{Voice: new(defaultVoice())} // so that what the body leaves out is a word that is allowed
	if p := c.body(&in); p != nil {
		return nil, p
	}
	var sent struct {
		Voice json.RawMessage `json:"voice"`
	}
	_ = json.Unmarshal(text, &sent) // it was read before
	if p := in.Voice.check("/voice"); p != nil {
		return nil, p
	}
	if in.BillingGroupID == nil && in.ConnectionID == nil && in.CustomerReference == nil && in.DeletionLockEnabled == nil &&
		in.ExternalPIN == nil && in.HDVoiceEnabled == nil && in.Tags == nil && sent.Voice == nil {
		return nil, invalid(codeMissing, "", "At least one of the updateable fields must be submitted.")
	}
	names, p := c.chosenNumbers(in.PhoneNumbers)
	if p != nil {
		return nil, p
	}
	s := c.Server
	return c.startJob(jobUpdate, names, func(n *phoneNumber) *problem {
		in.apply(n, sent.Voice)
		s.changed(n)
		return nil
	})
}

// chosenNumbers are the numbers of the body, or those that the filters match.
func (c *call) chosenNumbers(names *[]string) ([]string, *problem) {
	filtered := slices.ContainsFunc(jobKeys, func(key string) bool { return c.q.Has(key) })
	f := c.numberFilter(numberStatuses)
	f.word(c, "filter[has_bundle]", []string{"true", "false"}, func(*phoneNumber) string { return "false" })
	switch {
	case c.wrong != nil:
		return nil, c.wrong
	case names == nil:
		return nil, invalid(codeMissing, "/phone_numbers", "phone_numbers is required.")
	case !filtered:
		return *names, nil
	case len(*names) > 0:
		c.fake.Report("%s %s: the numbers are given twice: by filters and in the body", c.r.Method, c.r.URL.Path)
		return *names, nil
	}
	rows, _ := take(c.numbers, window{1, mostJobNumbers}, f)
	return each(rows, func(n *phoneNumber) string { return n.id }), nil
}

// apply changes a number. What the body leaves out stays.
func (in *updateNumbersJSON) apply(n *phoneNumber, voice json.RawMessage) {
	for _, m := range []struct{ value, into **string }{
		{&in.BillingGroupID, &n.billing}, {&in.ConnectionID, &n.connection}, {&in.CustomerReference, &n.reference}, {&in.ExternalPIN, &n.pin},
	} {
		if *m.value != nil {
			*m.into = *m.value
		}
	}
	if in.DeletionLockEnabled != nil {
		n.locked = *in.DeletionLockEnabled
	}
	if in.HDVoiceEnabled != nil {
		n.hdVoice = *in.HDVoiceEnabled
	}
	if in.Tags != nil {
		n.tags = append([]string{}, *in.Tags...)
	}
	if voice != nil {
		_ = json.Unmarshal(voice, &n.voice) // it was read before
	}
}
