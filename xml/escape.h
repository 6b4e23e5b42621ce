// The escaping of text and attribute values in canonical XML (c14n §2.3).
#pragma once

#include <string>
#include <string_view>

namespace sceau::xml {

// & < > and carriage return.
void AppendEscapedText(std::string_view text, std::string& out);
// & < " tab, line feed and carriage return.
void AppendEscapedAttribute(std::string_view value, std::string& out);

}  // namespace sceau::xml
