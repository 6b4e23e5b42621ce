// URI references joined as text, for the xml:base of Canonical XML 1.1. Nothing is ever fetched.
#pragma once

#include <string>
#include <string_view>

namespace sceau::xml {

// "join-URI-References" (c14n11 §2.4): RFC 3986 §5.2.1, §5.2.2 and §5.2.4, except that the base
// needs no scheme, that its trailing ".." is "../", and that the fragment is dropped. Works on any
// text, as RFC 3986 appendix B splits any text. The result may be empty.
std::string JoinUriReferences(std::string_view base, std::string_view reference);

// The modified "Remove Dot Segments" (c14n11 §2.4 and appendix A): leading "../" stay, a row of "/"
// becomes one, a trailing ".." gets its "/".
std::string RemoveDotSegments(std::string_view path);

}  // namespace sceau::xml
