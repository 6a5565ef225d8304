package telnyx

import (
	"context"
	"net/http"

	"github.com/tnkit/tnkit/internal/api"
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

// ListCommentsRequest selects comments.
type ListCommentsRequest struct {
	Filter CommentsFilter `url:"filter"`
}

// CommentsFilter selects the record that comments belong to.
type CommentsFilter struct {
	// CommentRecordType is CommentOnSubNumberOrder or
	// CommentOnRequirementGroup. CommentRecordID is the id of that record.
	CommentRecordType string `url:"comment_record_type,omitempty"`
	CommentRecordID   string `url:"comment_record_id,omitempty"`
}

// List reads comments. r may be nil.
//
// GET /comments with filter[…]. The answer counts pages, but no page parameters
// are documented.
func (s *CommentsService) List(ctx context.Context, r *ListCommentsRequest) (*Page[Comment], error) {
	return list(ctx, s.api, &api.Call{
		Op: "Comments.List", Class: api.Read, Method: http.MethodGet, Path: "/comments", Query: orZero(r),
	}, 0, (*Comment).check)
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
