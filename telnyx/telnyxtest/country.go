package telnyxtest

import "strings"

// countries are the countries of the coverage that Telnyx documents, by calling code.
var countries = map[string]string{
	"20": "EG", "27": "ZA", "30": "GR", "31": "NL", "32": "BE", "33": "FR", "34": "ES", "36": "HU", "39": "IT",
	"40": "RO", "41": "CH", "43": "AT", "44": "GB", "45": "DK", "46": "SE", "47": "NO", "48": "PL", "49": "DE",
	"52": "MX", "61": "AU", "64": "NZ", "65": "SG", "351": "PT", "352": "LU", "353": "IE", "357": "CY", "358": "FI",
	"359": "BG", "370": "LT", "372": "EE", "385": "HR", "386": "SI", "420": "CZ", "421": "SK", "81": "JP", "55": "BR",
}

// canada are Canadian area codes of the North American plan; the rest of +1 counts as US here.
const canada = " 204 226 236 249 250 263 289 306 343 354 365 367 368 382 403 416 418 428 431 437 438 450 468 474 506 514 519 548 579 581 584 587 604 613 639 647 672 683 705 709 742 753 778 780 782 807 819 825 867 873 879 902 905 942 "

// tollFree are the toll-free codes of the North American plan.
const tollFree = " 800 833 844 855 866 877 888 "

// classify tells the country and the type of a number that is not in the stock: toll_free for the
// toll-free codes of +1, else local. A country that is not in the table is "ZZ".
func classify(number string) (country, kind string) {
	digits := strings.TrimPrefix(number, "+")
	if rest, ok := strings.CutPrefix(digits, "1"); ok && len(rest) >= 3 {
		code := " " + rest[:3] + " "
		switch {
		case strings.Contains(tollFree, code):
			return "US", "toll_free"
		case strings.Contains(canada, code):
			return "CA", "local"
		}
		return "US", "local"
	}
	for n := min(3, len(digits)); n > 1; n-- {
		if country := countries[digits[:n]]; country != "" {
			return country, "local"
		}
	}
	return "ZZ", "local"
}
