package telnyx

import (
	"context"
	"iter"
	"net/http"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/wire"
)

// CommentsService exchanges comments with Telnyx. A comment explains, for
// example, why a requirement was declined.
type CommentsService struct{ api *api.Client }

// The record types that a comment may belong to.
const (
	CommentOnSubNumberOrder   = "sub_number_order"
	CommentOnRequirementGroup = "requirement_group"
)

// Comment is a comment.
type Comment struct {
	// ID is a UUID.
	ID        string  `json:"id"`
	Body      *string `json:"body,omitempty"`
	Commenter *string `json:"commenter,omitempty"`
	// CommenterType is admin or user.
	CommenterType *string `json:"commenter_type,omitempty"`
	// CommentRecordType is CommentOnSubNumberOrder or
	// CommentOnRequirementGroup. CommentRecordID is the id of that record.
	CommentRecordType *string   `json:"comment_record_type,omitempty"`
	CommentRecordID   *string   `json:"comment_record_id,omitempty"`
	CreatedAt         wire.Time `json:"created_at,omitzero"`
	UpdatedAt         wire.Time `json:"updated_at,omitzero"`
	// ReadAt is null until the comment is read.
	ReadAt wire.Time `json:"read_at,omitzero"`
}

// CreateCommentRequest makes a comment.
type CreateCommentRequest struct {
	// CommentRecordType is CommentOnSubNumberOrder or
	// CommentOnRequirementGroup. CommentRecordID is the id of that record.
	CommentRecordType string `json:"comment_record_type"`
	CommentRecordID   string `json:"comment_record_id"`
	Body              string `json:"body"`
}

// ListCommentsRequest asks for one page of comments.
type ListCommentsRequest struct {
	Page   PageParams     `url:"page"`
	Filter CommentsFilter `url:"filter"`
}

// CommentsFilter selects the record that comments belong to.
type CommentsFilter struct {
	// CommentRecordType is CommentOnSubNumberOrder or
	// CommentOnRequirementGroup. CommentRecordID is the id of that record.
	CommentRecordType string `url:"comment_record_type,omitempty"`
	CommentRecordID   string `url:"comment_record_id,omitempty"`
}

// List reads one page of comments. r may be nil.
//
// GET /comments with page[number] (from 1), page[size] (1 to 250, default 20) and
// filter[…].
func (s *CommentsService) List(ctx context.Context, r *ListCommentsRequest) (*Page[Comment], error) {
	const op = "Comments.List"
	r = orZero(r)
	if err := r.Page.check(op); err != nil {
		return nil, err
	}
	return list(ctx, s.api, &api.Call{
		Op: op, Class: api.Read, Method: http.MethodGet, Path: "/comments", Query: r,
	}, r.Page.Size, (*Comment).check)
}

// All walks the comments of all pages from r.Page on. r may be nil. It works as
// NumberOrders.All does.
func (s *CommentsService) All(ctx context.Context, r *ListCommentsRequest, opts ...numbers.PageOption) iter.Seq2[*Comment, error] {
	from := *orZero(r)
	from.Page.enlarge()
	return all(ctx, "Comments.All", from.Page, func(ctx context.Context, at PageParams) (*Page[Comment], error) {
		r := from
		r.Page = at
		return s.List(ctx, &r)
	}, func(k *Comment) string { return k.ID }, opts)
}

// Create makes a comment.
//
// POST /comments, which returns the comment. It is sent once, because a repeat
// would make a second comment.
func (s *CommentsService) Create(ctx context.Context, r *CreateCommentRequest) (*Comment, error) {
	const op = "Comments.Create"
	if r == nil {
		return nil, api.Invalid(vendor, op, "request", "it is nil")
	}
	return get(ctx, s.api, &api.Call{
		Op: op, Class: api.Buy, Method: http.MethodPost, Path: "/comments", Body: r,
	}, (*Comment).check)
}

// Get reads a comment.
//
// GET /comments/{id}.
func (s *CommentsService) Get(ctx context.Context, id string) (*Comment, error) {
	return get(ctx, s.api, &api.Call{
		Op: "Comments.Get", Class: api.Read, Method: http.MethodGet, Path: "/comments/{id}", Args: []string{id},
	}, (*Comment).check)
}

// MarkRead marks a comment as read.
//
// PATCH /comments/{id}/read, without a body, which returns the comment.
func (s *CommentsService) MarkRead(ctx context.Context, id string) (*Comment, error) {
	return get(ctx, s.api, &api.Call{
		Op: "Comments.MarkRead", Class: api.Write, Method: http.MethodPatch, Path: "/comments/{id}/read", Args: []string{id},
	}, (*Comment).check)
}

func (c *Comment) check() string { return checkID(c.ID) }
