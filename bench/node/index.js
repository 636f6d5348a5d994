// The least that a Node.js function with DynamoDB can do: one GetItem, whose key comes from the path of the request.

import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";

const client = new DynamoDBClient({});

export const handler = async (event) => {
  const { Item } = await client.send(
    new GetItemCommand({
      TableName: process.env.TABLE,
      Key: { pk: { S: `SLUG#product#${event.pathParameters.slug}` }, sk: { S: "SLUG" } },
    }),
  );
  return {
    statusCode: Item ? 200 : 404,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(Item ?? {}),
  };
};
