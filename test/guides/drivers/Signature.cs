// Reads cases as JSON from standard input and prints what `Signature.IsGenuine` of a guide says of each.
using System;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;

public static class Driver
{
    public static void Main()
    {
        var input = new StreamReader(Console.OpenStandardInput(), new UTF8Encoding(false)).ReadToEnd();
        var verdicts = JsonDocument.Parse(input).RootElement.EnumerateArray().Select(each => Signature.IsGenuine(
            Encoding.UTF8.GetBytes(each.GetProperty("body").GetString()),
            each.GetProperty("signature").GetString(),
            each.GetProperty("secret").GetString()));
        Console.Write("[" + string.Join(",", verdicts.Select(verdict => verdict ? "true" : "false")) + "]");
    }
}
