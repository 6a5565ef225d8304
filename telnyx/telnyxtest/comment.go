package telnyxtest

import (
	"slices"
	"time"
)

const (
	commentSubOrder = "sub_number_order"
	commentGroup    = "requirement_group"
)

func commentRoutes() []route {
	return []route{
		{"GET", "/comments", "list comments", false, slices.Concat(pageKeys, []string{"filter[comment_record_type]", "filter[comment_record_id]"}), (*call).listComments},
		{"POST", "/comments", "create comment", false, nil, (*call).createComment},
		{"GET", "/comments/{id}", "get comment", false, nil, (*call).getComment},
		{"PATCH", "/comments/{id}/read", "mark comment as read", false, nil, (*call).readComment},
	}
}

// comment is what somebody said about a sub number order or a requirement group.
type comment struct {
	id, body, who, whoType, recordType, recordID string
	read                                         *time.Time
	created, updated                             time.Time
}

// commentJSON is a Comment.
type commentJSON struct {
	ID                string  `json:"id"`
	Body              string  `json:"body"`
	Commenter         string  `json:"commenter"`
	CommenterType     string  `json:"commenter_type"`
	CommentRecordType string  `json:"comment_record_type"`
	CommentRecordID   string  `json:"comment_record_id"`
	ReadAt            *string `json:"read_at"`
	CreatedAt         string  `json:"created_at"`
	UpdatedAt         string  `json:"updated_at"`
}

func (k *comment) json() commentJSON {
	j := commentJSON{k.id, k.body, k.who, k.whoType, k.recordType, k.recordID, nil, stamp(k.created), stamp(k.updated)}
	if k.read != nil {
		j.ReadAt = new(stamp(*k.read))
	}
	return j
}

// comment notes a comment.
func (s *Server) comment(body, who, whoType, recordType, recordID string) *comment {
	now := s.fake.Now()
	k := &comment{s.fake.IDs().UUID(), body, who, whoType, recordType, recordID, nil, now, now}
	s.comments, s.commentID[k.id] = append(s.comments, k), k
	return k
}

// listComments is GET /comments.
func (c *call) listComments() (any, *problem) {
	w := c.page()
	var f filter[*comment]
	f.word(c, "filter[comment_record_type]", []string{commentSubOrder, commentGroup}, func(k *comment) string { return k.recordType })
	f.text(c, "filter[comment_record_id]", func(k *comment) string { return k.recordID })
	if c.wrong != nil {
		return nil, c.wrong
	}
	rows, m := take(c.comments, w, f)
	return listing{each(rows, (*comment).json), m}, nil
}

// createComment is POST /comments.
func (c *call) createComment() (any, *problem) {
	var in struct {
		Body              string `json:"body"`
		CommentRecordType string `json:"comment_record_type"`
		CommentRecordID   string `json:"comment_record_id"`
	}
	if p := c.body(&in); p != nil {
		return nil, p
	}
	known := false
	switch in.CommentRecordType {
	case commentSubOrder:
		known = c.subID[in.CommentRecordID] != nil
	case commentGroup:
		known = c.groupID[in.CommentRecordID] != nil
	default:
		return nil, invalid(codeInvalidEnum, "/comment_record_type", "%q is no comment_record_type.", in.CommentRecordType)
	}
	switch {
	case !known:
		return nil, invalid(codeAssociation, "/comment_record_id", "There is no such record.")
	case in.Body == "":
		return nil, invalid(codeMissing, "/body", "body is required.")
	}
	return data{c.comment(in.Body, "user@example.com", "user", in.CommentRecordType, in.CommentRecordID).json()}, nil
}

func (c *call) findComment() (*comment, *problem) {
	if k := c.commentID[c.r.PathValue("id")]; k != nil {
		return k, nil
	}
	return nil, notFound()
}

// getComment is GET /comments/{id}.
func (c *call) getComment() (any, *problem) {
	k, p := c.findComment()
	if p != nil {
		return nil, p
	}
	return data{k.json()}, nil
}

// readComment is PATCH /comments/{id}/read.
func (c *call) readComment() (any, *problem) {
	c.noBody()
	k, p := c.findComment()
	if p != nil {
		return nil, p
	}
	if k.read == nil {
		now := c.fake.Now()
		k.read, k.updated = &now, now
	}
	return data{k.json()}, nil
}
