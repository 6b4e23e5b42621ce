// Values of documents as HTML.
#pragma once

#include <string>
#include <string_view>

namespace sceau::cli {

// A value of the document, as text: nothing in it is markup, moves the text around it or hides.
std::string Html(std::string_view value);
// The same, kept from turning the direction of what stands around it.
std::string HtmlValue(std::string_view value);

}  // namespace sceau::cli
