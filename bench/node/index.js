// The functions that the benchmark compares with. They are minimal: they check nothing and return the items.

import { DynamoDBClient, GetItemCommand, QueryCommand } from "@aws-sdk/client-dynamodb";

const client = new DynamoDBClient({});

const slugItem = ({ pathParameters }) =>
  new GetItemCommand({
    TableName: process.env.TABLE,
    Key: { pk: { S: `SLUG#product#${pathParameters.slug}` }, sk: { S: "SLUG" } },
  });

const answer = (found) => ({
  statusCode: found ? 200 : 404,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(found ?? {}),
});

// The minimum of a function that uses DynamoDB: one GetItem.
export const oneRead = async (event) => {
  const { Item } = await client.send(slugItem(event));
  return answer(Item);
};

// The reads of get-product: the slug gives the product, which the process caches, and one query reads the product's
// items.
const known = new Map();

export const sameReads = async (event) => {
  const { slug } = event.pathParameters;
  if (!known.has(slug)) {
    const { Item } = await client.send(slugItem(event));
    if (!Item) return answer();
    known.set(slug, Item.product.S);
  }
  const { Items } = await client.send(
    new QueryCommand({
      TableName: process.env.TABLE,
      KeyConditionExpression: "pk = :pk",
      ExpressionAttributeValues: { ":pk": { S: `PRODUCT#${known.get(slug)}` } },
      ConsistentRead: true,
    }),
  );
  return answer(Items);
};
