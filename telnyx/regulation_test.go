package telnyx_test

import (
	"context"

	"github.com/tnkit/tnkit/telnyx"
)

func requirementGroupOperations() []operation {
	const path = "/requirement_groups/" + string(groupID)
	return []operation{
		{
			name: "RequirementGroups.List", request: "GET /requirement_groups", answer: "requirement_groups.list.response.json", whole: true,
			call: func(ctx context.Context, c *telnyx.Client) (any, error) { return c.RequirementGroups.List(ctx, nil) },
		},
		{
			name: "RequirementGroups.Create", class: buy, request: "POST /requirement_groups",
			body: "requirement_groups.create.request.json", answer: "requirement_groups.create.response.json", whole: true,
			call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.RequirementGroups.Create(ctx, &telnyx.CreateRequirementGroupRequest{
					CountryCode: "CH", PhoneNumberType: telnyx.TypeLocal, Action: telnyx.ActionOrdering, CustomerReference: new("SWISS"),
					RegulatoryRequirements: []telnyx.RequirementValue{{RequirementID: requirementID, FieldValue: document}},
				})
			},
		},
		{
			name: "RequirementGroups.Get", request: "GET " + path, answer: "requirement_groups.get.response.json", whole: true,
			call: func(ctx context.Context, c *telnyx.Client) (any, error) { return c.RequirementGroups.Get(ctx, groupID) },
		},
		{
			name: "RequirementGroups.Update", class: write, request: "PATCH " + path,
			body: "requirement_groups.update.request.json", answer: "requirement_groups.update.response.json", whole: true,
			call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.RequirementGroups.Update(ctx, groupID, &telnyx.UpdateRequirementGroupRequest{
					CustomerReference:      new("SWISS 2"),
					RegulatoryRequirements: []telnyx.RequirementValue{{RequirementID: requirementID, FieldValue: ""}},
				})
			},
		},
		{
			name: "RequirementGroups.Delete", class: write, request: "DELETE " + path, answer: "requirement_groups.delete.response.json", whole: true,
			call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.RequirementGroups.Delete(ctx, groupID)
			},
		},
		{
			name: "RequirementGroups.SubmitForApproval", class: write, request: "POST " + path + "/submit_for_approval",
			answer: "requirement_groups.submit.response.json", whole: true,
			call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.RequirementGroups.SubmitForApproval(ctx, groupID)
			},
		},
	}
}

func regulatoryRequirementOperations() []operation {
	return []operation{
		{
			name: "RegulatoryRequirements.List", request: "GET /regulatory_requirements", answer: "regulatory_requirements.list.response.json",
			call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.RegulatoryRequirements.List(ctx, nil)
			},
		},
		{
			name: "RegulatoryRequirements.ForNumbers", answer: "phone_numbers_regulatory_requirements.response.json", whole: true,
			request: "GET /phone_numbers_regulatory_requirements?filter%5Bphone_number%5D=%2B41215470622%2C%2B41215470633",
			call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.RegulatoryRequirements.ForNumbers(ctx, "+41215470622", "+41215470633")
			},
		},
	}
}

func commentOperations() []operation {
	const id = "8192a3b4-c5d6-4e7f-8091-a2b3c4d5e6f7"
	return []operation{
		{
			name: "Comments.List", request: "GET /comments", answer: "comments.list.response.json", whole: true,
			call: func(ctx context.Context, c *telnyx.Client) (any, error) { return c.Comments.List(ctx, nil) },
		},
		{
			name: "Comments.Create", class: buy, request: "POST /comments",
			body: "comments.create.request.json", answer: "comments.create.response.json",
			call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.Comments.Create(ctx, &telnyx.CreateCommentRequest{
					CommentRecordType: telnyx.CommentOnSubNumberOrder, CommentRecordID: string(subOrderID), Body: "Here is another one.",
				})
			},
		},
		{
			name: "Comments.Get", request: "GET /comments/" + id, answer: "comments.get.response.json",
			call: func(ctx context.Context, c *telnyx.Client) (any, error) { return c.Comments.Get(ctx, id) },
		},
		{
			name: "Comments.MarkRead", class: write, request: "PATCH /comments/" + id + "/read", answer: "comments.read.response.json",
			call: func(ctx context.Context, c *telnyx.Client) (any, error) { return c.Comments.MarkRead(ctx, id) },
		},
	}
}
