// `Judge.exe judge` judges the shared vectors from standard input; `Judge.exe serve` is the receiver under test, as
// harness/suite.ts wants it, on the HttpListener of the class library.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Threading.Tasks;
using Ringback;

public static class Program
{
    public static int Main(string[] arguments)
    {
        if (arguments[0] == "judge") Judge();
        else if (arguments[0] == "behaviours") Behaviours.RunAsync().GetAwaiter().GetResult();
#if NETCOREAPP
        else AspNetCore.Serve();
#else
        else Serve().Wait();
#endif
        return 0;
    }

    private static void Judge()
    {
        var input = new StreamReader(Console.OpenStandardInput(), new UTF8Encoding(false)).ReadToEnd();
        var vectors = JsonDocument.Parse(input).RootElement;
        var now = DateTimeOffset.FromUnixTimeSeconds(vectors.GetProperty("now_seconds").GetInt32());
        var tolerance = TimeSpan.FromSeconds(vectors.GetProperty("tolerance_seconds").GetInt32());
        var verdicts = new List<string>();
        foreach (var each in vectors.GetProperty("cases").EnumerateArray())
        {
            var scheme = each.GetProperty("scheme").GetString();
            var options = new VerifyOptions
            {
                Scheme = scheme == "standard" ? SignatureScheme.Standard : scheme == "either" ? SignatureScheme.Either : SignatureScheme.XSignature,
                Now = () => now,
                Tolerance = tolerance,
            };
            verdicts.Add("\"" + VerdictOn(each, options) + "\"");
        }
        Console.Write("[" + string.Join(",", verdicts) + "]");
    }

    private static string VerdictOn(JsonElement vector, VerifyOptions options)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var each in vector.GetProperty("headers").EnumerateObject()) headers[each.Name] = each.Value.GetString();
        var secrets = vector.GetProperty("secrets").EnumerateArray().Select(secret => secret.GetString()).ToList();
        Func<string, string> header = name => headers.ContainsKey(name) ? headers[name] : null;
        try
        {
            RingbackWebhook.Verify(BodyOf(vector), header, secrets, options);
            return "ok";
        }
        catch (WebhookVerificationException error)
        {
            return secrets.Any(secret => secret.Length > 6 && error.Message.Contains(secret)) ? "a secret in a message" : error.Code;
        }
    }

    private static byte[] BodyOf(JsonElement vector)
    {
        JsonElement body;
        if (vector.TryGetProperty("body", out body)) return Encoding.UTF8.GetBytes(body.GetString());
        if (vector.TryGetProperty("body_base64", out body)) return Convert.FromBase64String(body.GetString());
        var text = new StringBuilder();
        foreach (var part in vector.GetProperty("body_parts").EnumerateArray())
        {
            var pair = part.EnumerateArray().ToArray();
            for (var times = pair[1].GetInt32(); times > 0; times--) text.Append(pair[0].GetString());
        }
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>The answer under way; kept only to have a place.</summary>
    public static Task Answering;

    private static string Setting(string name) { return Environment.GetEnvironmentVariable(name); }

    private static void Say(string line)
    {
        lock (typeof(Program)) File.AppendAllText(Setting("OUTPUT"), line + "\n");
    }

    private static async Task Handle(WebhookEvent webhookEvent, string deliveryId)
    {
        while (!File.Exists(Setting("GATE"))) await Task.Delay(5);
        if (File.ReadAllText(Setting("GATE")) == "fail") throw new Exception("the gate says fail");
        Say("handled " + deliveryId + " " + webhookEvent.Type);
    }

    private static void Log(ReceiverLine line)
    {
        var end = line.Duration.HasValue ? ",\"duration_ms\":0" : "";
        Say("log " + (line.Outcome == "refused"
            ? "{\"outcome\":\"refused\",\"code\":\"" + line.Code + "\",\"message\":\"" + line.Message + "\"}"
            : "{\"outcome\":\"" + line.Outcome + "\",\"delivery_id\":\"" + line.DeliveryId + "\",\"type\":\"" + line.Type + "\"" + end + "}"));
    }

    public static RingbackReceiver CreateReceiver()
    {
        return new RingbackReceiver(Setting("SECRET"), Handle, new ReceiverOptions
        {
            Log = Log,
            OnError = (error, webhook) => Say("error " + error.Message + " " + webhook?.DeliveryId),
        });
    }

    private static async Task Serve()
    {
        var receiver = CreateReceiver();
        var listener = new HttpListener();
        listener.Prefixes.Add("http://127.0.0.1:" + Setting("PORT") + "/");
        listener.Start();
        while (true)
        {
            var context = await listener.GetContextAsync();
            Answering = Task.Run(async () =>
            {
                var request = context.Request;
                long? length = request.ContentLength64 < 0 ? (long?)null : request.ContentLength64;
                var answer = await receiver.ReceiveAsync(request.HttpMethod, name => request.Headers[name], request.InputStream, length);
                context.Response.StatusCode = answer.Status;
                foreach (var pair in answer.Headers) context.Response.AddHeader(pair.Key, pair.Value);
                var bytes = Encoding.UTF8.GetBytes(answer.Body);
                context.Response.ContentLength64 = bytes.Length;
                context.Response.OutputStream.Write(bytes, 0, bytes.Length);
                context.Response.Close();
            });
        }
    }
}
