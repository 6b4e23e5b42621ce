// The escaping of text and attribute values in canonical XML (c14n §2.3).
#pragma once

#include <string>
#include <string_view>

namespace sceau::xml {

// & < > and carriage return.
void AppendEscapedText(std::string_view text, std::string& out);
// The same: the text itself where there is nothing to escape, else a view into `scratch`.
std::string_view EscapedText(std::string_view text, std::string& scratch);
// & < " tab, line feed and carriage return.
void AppendEscapedAttribute(std::string_view value, std::string& out);

}  // namespace sceau::xml
